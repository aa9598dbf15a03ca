using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Mean 0 and variance Scale/fan: the family of Xavier, Kaiming and LeCun.</summary>
public sealed record VarianceScalingInitializer(double Scale, FanMode Mode, Distribution Distribution) : Initializer
{
    /// <summary>Deviation of the standard normal distribution once cut at ±2.</summary>
    private const double TruncatedDeviation = 0.87962566103423978;

    /// <inheritdoc/>
    public override WeightSource Create(DType dtype, IReadOnlyList<long> dims, string path, long seed)
    {
        var fan = Fans.Of(dims, path).Of(Mode);

        // A weight without elements has a fan of 0 and needs no variance.
        var variance = fan > 0 ? Scale / fan : 0;
        Initializer initializer = Distribution switch
        {
            Distribution.Uniform => new UniformInitializer(-Math.Sqrt(3 * variance), Math.Sqrt(3 * variance)),
            Distribution.Normal => new NormalInitializer(0, Math.Sqrt(variance)),
            _ => new TruncatedNormalInitializer(Math.Sqrt(variance) / TruncatedDeviation),
        };
        return initializer.Create(dtype, dims, path, seed);
    }
}
