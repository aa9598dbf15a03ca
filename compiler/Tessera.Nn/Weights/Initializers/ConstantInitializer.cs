using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>One value everywhere, in any type that casts know.</summary>
public sealed record ConstantInitializer(double Value) : Initializer
{
    /// <inheritdoc/>
    public override WeightSource Create(DType dtype, IReadOnlyList<long> dims, string path, long seed) =>
        new GeneratedWeightSource(dtype, dims, (_, values) => values.Fill(Value));
}
