using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Random floats of a distribution with two parameters.</summary>
public abstract record RandomNumbers : RandomOp
{
    public required RandomKind Kind { get; init; }

    /// <summary>The low end, or the mean.</summary>
    public Real First { get; init; }

    /// <summary>The high end, or the standard deviation.</summary>
    public Real Second { get; init; } = 1;

    private protected RefTensor Draw(DType dtype, long[] dims)
    {
        Func<long, double> uniform = Uniforms();
        double Normal(long i) => Math.Sqrt(-2 * Math.Log(1 - uniform(2 * i))) * Math.Cos(2 * Math.PI * uniform((2 * i) + 1));
        double At(int i) => Kind == RandomKind.Normal ? First + (Second * Normal(i)) : First + ((Second.Value - First) * uniform(i));
        int count = checked((int)dims.Aggregate(1L, static (a, b) => a * b));
        return RefTensor.Floats(dtype, dims, [.. Enumerable.Range(0, count).Select(i => RefTensors.Round(dtype, At(i)))]);
    }
}
