using Tessera.Ir;
using Tessera.Nn.Weights;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>Embeds one coordinate of each patch (arXiv 2307.06304): <c>positions i64[n], side i64[] → [n, dim]</c>.</summary>
[Module]
public sealed partial class AxisPositions(int dim, int maxSide, PositionKind kind, bool fractional)
{
    /// <summary>
    /// The table of a learned embedding, or the frequencies of a Fourier one. These are f32 whatever the model computes in:
    /// an angle is a frequency times a position, and half precision would round it by a quarter of a radian.
    /// </summary>
    public Parameter? Weight { get; } = kind switch
    {
        PositionKind.Learned => new([maxSide, dim], Initializer.Normal(0, 0.02)),
        PositionKind.Fourier => new([1, dim / 2], Initializer.Normal(0, 1), DType.F32),
        _ => null,
    };

    public Tensor Forward(Tensor positions, Tensor side)
    {
        Tensor p = positions.To(DType.F32);
        Tensor coordinate = fractional ? p / side.To(DType.F32) : p;
        return kind switch
        {
            PositionKind.Learned => fractional ? Interpolated(coordinate) : Weight!.In(p).Gather(positions),
            PositionKind.Sinusoidal => SinusoidalPositions.Waves(fractional ? coordinate * maxSide : coordinate, dim, 10000).To(p.Tracer.DType),
            _ => Waves(coordinate),
        };
    }

    // Between the two rows of the table that enclose r · (maxSide − 1).
    private Tensor Interpolated(Tensor fraction)
    {
        Tensor at = fraction * (maxSide - 1);
        Tensor low = Floor(at);
        Tensor high = Min(low + 1, low.Scalar(maxSide - 1));
        Tensor table = Weight!.In(fraction);
        Tensor share = (at - low).Unsqueeze(-1).To(table.DType);
        return (table.Gather(low.To(DType.I64)) * (1 - share)) + (table.Gather(high.To(DType.I64)) * share);
    }

    private Tensor Waves(Tensor coordinate)
    {
        Tensor angles = coordinate.Unsqueeze(-1) * Weight!.In(coordinate) * (2 * Math.PI);
        return Concat(-1, Sin(angles), Cos(angles)).To(coordinate.Tracer.DType);
    }
}
