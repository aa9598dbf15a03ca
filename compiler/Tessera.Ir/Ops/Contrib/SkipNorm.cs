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

    public static RefTensor Sum(EvalContext context)
    {
        (RefTensor x, RefTensor skip) = (context.Tensor(0), context.Tensor(1));
        return RefTensor.Floats(x.DType, x.Dims, [.. x.F.Zip(skip.F, static (a, b) => a + b)]);
    }
}
