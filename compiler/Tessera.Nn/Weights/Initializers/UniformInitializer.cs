using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Uniform in [Low, High); rounding to a narrow type can reach High.</summary>
public sealed record UniformInitializer(double Low, double High) : Initializer
{
    /// <inheritdoc/>
    public override WeightSource Create(DType dtype, IReadOnlyList<long> dims, string path, long seed)
    {
        CheckFloat(dtype, path);
        var random = CounterRandom.For(path, seed);
        var (low, width) = (Low, High - Low);
        return new GeneratedWeightSource(dtype, dims, (first, values) =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = low + (width * random.Uniform(first + i));
        });
    }
}
