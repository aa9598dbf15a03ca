using Tessera.Ir;

namespace Tessera.Nn.Weights;

public sealed record NormalInitializer(double Mean, double Std) : Initializer
{
    /// <inheritdoc/>
    public override WeightSource Create(DType dtype, IReadOnlyList<long> dims, string path, long seed)
    {
        CheckFloat(dtype, path);
        return NormalPairs.Create(dtype, dims, CounterRandom.For(path, seed), Mean, Std, limit: double.PositiveInfinity);
    }
}
