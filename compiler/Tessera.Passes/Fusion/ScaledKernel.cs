using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>A weight times one factor for each position along an axis, in f64, rounded once to the type of the weight.</summary>
internal sealed record ScaledKernel(Value Weight, int Axis, double[]? Factors)
{
    /// <summary>Reads a kernel, which may be one that <see cref="Emit"/> made.</summary>
    public static ScaledKernel Of(Value kernel, int axis) => kernel.Op is Cast { X.Op: Mul { A: var wide, B: { Op: Constant { Value: var content } } column } }
        && wide.Op is Cast { X: { Op: Parameter } weight } && weight.DType == kernel.DType && wide.DType == DType.F64
        && column.Shape.Select((d, a) => (d, a)).All(p => p.a == axis || p.d == Dim.One)
        ? new ScaledKernel(weight, axis, RefTensors.FromContent(content).F)
        : new ScaledKernel(kernel, axis, null);

    public ScaledKernel Times(double[] factors) =>
        factors.All(static k => k == 1) ? this : this with { Factors = Factors is null ? factors : [.. Factors.Zip(factors, static (a, b) => a * b)] };

    /// <summary>Whether the weight is known, and no product with it overflows or vanishes.</summary>
    public bool Keeps(WeightContents weights)
    {
        if (Factors is null)
        {
            return true;
        }

        if (weights.Numbers(Weight) is not { } numbers)
        {
            return false;
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            double product = Product(numbers, i);
            if (!double.IsFinite(product) || (product == 0 && numbers[i] != 0 && Factor(i) != 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The product: computed for a constant; for a weight, whose bytes stay where they are, as ops that are folded when the model is written.</summary>
    public Value Emit(RewriteContext context)
    {
        if (Factors is null)
        {
            return Weight;
        }

        if (Weight.Op is Constant)
        {
            double[] numbers = context.Weights.Numbers(Weight)!;
            return Number(context, Weight.DType, Weight.Shape.Evaluate(static _ => 0), [.. numbers.Select((_, i) => Product(numbers, i))]);
        }

        GraphBuilder g = context.Builder;
        long[] column = [.. Enumerable.Range(0, Weight.Rank).Select(a => a == Axis ? Factors.Length : 1L)];
        Value factors = Number(context, DType.F64, column, Factors);
        return Weight.DType == DType.F64 ? g.Mul(Weight, factors) : g.Cast(g.Mul(g.Cast(Weight, DType.F64), factors), Weight.DType);
    }

    private double Product(double[] numbers, int i) => RefTensors.Round(Weight.DType, numbers[i] * Factor(i));

    private double Factor(int i) => Factors![i / Weight.Shape.Skip(Axis + 1).Aggregate(1L, static (a, d) => a * d.ConstValue!.Value) % Factors.Length];

    private static Value Number(RewriteContext context, DType dtype, long[] dims, double[] numbers) =>
        context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(dtype, dims, numbers)) });
}
