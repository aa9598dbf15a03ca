using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What the two fused residual norms share: <c>sum = x + skip</c>, and a norm of the sum.</summary>
internal static class SkipNorm
{
    /// <summary>Types of the norm and the sum: both operands of one shape, rank 2 or 3, as ONNX Runtime's kernels take.</summary>
    public static IReadOnlyList<IrType> InferTypes(InferContext context, Value x, Value skip, Value weight, Value? bias)
    {
        context.RequireSameDType(x, skip);
        (Shape sx, Shape ss) = (context.ShapeOf(x), context.ShapeOf(skip));
        if (sx.Rank is not (2 or 3) || ss.Rank != sx.Rank || x.DType is not (DType.F32 or DType.F16 or DType.BF16 or DType.F64))
        {
            throw context.Error("TSR0203", $"x and skip must be float of one shape and rank 2 or 3; they are {x.Type} and {skip.Type}.");
        }

        for (int axis = 0; axis < sx.Rank; axis++)
        {
            context.RequireEqual(sx[axis], ss[axis], $"sizes of x and skip along axis {axis}");
        }

        NormOracle.CheckGains(context, x, weight, bias);
        return [x.Type, x.Type];
    }

    /// <summary>Rows of rows, in rank 2 or 3; the parts, where a gain differs by example or the two sums have different forms.</summary>
    public static IReadOnlyList<Batched> Batch(BatchContext context)
    {
        int[] axes = [0, 0, .. Enumerable.Repeat(Folding.Shared, context.Operands.Count - 2)];
        if (Enumerable.Range(2, axes.Length - 2).Any(context.Varies))
        {
            return context.ByParts();
        }

        (Batched x, Batched skip) = (context.Operands[0]!, context.Operands[1]!);
        if (x is { Form: BatchForm.Ragged } && skip.Form == x.Form && skip.Axis == x.Axis && skip.Partition == x.Partition && x.Axis < context.ShapeOf(0).Rank - 1)
        {
            return [.. context.EmitAll(context.Op.WithOperands([.. context.Operands.Select(static b => b?.Value)])).Select(v => x with { Value = v })];
        }

        return Folding.Fits(context, axes) && x.Form == skip.Form ? Folding.Batch(context, axes) : context.ByParts();
    }

    public static RefTensor Sum(EvalContext context)
    {
        (RefTensor x, RefTensor skip) = (context.Tensor(0), context.Tensor(1));
        return RefTensor.Floats(x.DType, x.Dims, [.. x.F.Zip(skip.F, static (a, b) => a + b)]);
    }
}
