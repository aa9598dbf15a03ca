using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Connections of a weight: of a linear layer [out, in], of a convolution [out, in, k…], where each tap of the kernel counts.</summary>
internal readonly record struct Fans(long In, long Out)
{
    public static Fans Of(IReadOnlyList<long> dims, string path)
    {
        if (dims.Count < 2)
        {
            throw new TesseraException("TSR0620", path,
                $"the fans of a weight [{string.Join(", ", dims)}] are not defined: it needs at least 2 axes, [out, in].");
        }

        var taps = dims.Skip(2).Aggregate(1L, static (a, b) => a * b);
        return new Fans(dims[1] * taps, dims[0] * taps);
    }

    public double Of(FanMode mode) => mode switch
    {
        FanMode.In => In,
        FanMode.Out => Out,
        _ => (In + Out) / 2.0,
    };
}
