using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>A normal distribution around 0 of deviation Std, of which only [−2·Std, 2·Std] is kept; what is left deviates by 0.8796·Std.</summary>
public sealed record TruncatedNormalInitializer(double Std) : Initializer
{
    /// <inheritdoc/>
    public override WeightSource Create(DType dtype, IReadOnlyList<long> dims, string path, long seed)
    {
        CheckFloat(dtype, path);
        return NormalPairs.Create(dtype, dims, CounterRandom.For(path, seed), mean: 0, Std, limit: 2);
    }
}
