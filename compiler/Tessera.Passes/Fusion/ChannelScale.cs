using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary><c>y · Factors[c] + Offsets[c]</c> for each channel c of y, in double.</summary>
internal sealed record ChannelScale(double[] Factors, double[] Offsets)
{
    /// <summary>What an op does to its first operand, channel by channel; null where that is not known, with the reason.</summary>
    public static ChannelScale? Of(Op op, Value x, int channels, WeightContents weights, out string? reason)
    {
        reason = null;
        ChannelScale? scale = op switch
        {
            BatchNorm norm => OfNorm(norm, weights),
            Mul mul => Column(mul.B, x, channels, weights) is { } k ? new ChannelScale(k, new double[channels]) : null,
            Div div => Column(div.B, x, channels, weights) is { } k ? new ChannelScale([.. k.Select(static v => 1 / v)], new double[channels]) : null,
            Add add => Column(add.B, x, channels, weights) is { } d ? new ChannelScale([.. Enumerable.Repeat(1.0, channels)], d) : null,
            _ => null,
        };
        if (scale is null)
        {
            reason = op is BatchNorm ? "its scale, bias or statistics are not known numbers" : "the other operand is not a known number for each channel";
        }
        else if (!scale.Factors.Concat(scale.Offsets).All(double.IsFinite))
        {
            (scale, reason) = (null, "a factor or an offset is not finite");
        }

        return scale;
    }

    private static ChannelScale? OfNorm(BatchNorm op, WeightContents weights)
    {
        if (weights.Numbers(op.Scale) is not { } scale || weights.Numbers(op.Bias) is not { } bias
            || weights.Numbers(op.Mean) is not { } mean || weights.Numbers(op.Variance) is not { } variance)
        {
            return null;
        }

        double[] factors = [.. scale.Zip(variance, (s, v) => s / Math.Sqrt(v + op.Epsilon))];
        return new ChannelScale(factors, [.. factors.Select((k, i) => bias[i] - (mean[i] * k))]);
    }

    // One number for each channel of x, or one for all: every other axis has size 1.
    private static double[]? Column(Value value, Value x, int channels, WeightContents weights)
    {
        int axis = 1 - (x.Rank - value.Rank);
        bool fits = value.Rank <= x.Rank && value.Shape.Select((d, a) => (d, a)).All(p => p.d == Dim.One || (p.a == axis && p.d == Dim.Const(channels)));
        return fits && weights.Numbers(value) is { } numbers ? numbers.Length == 1 ? [.. Enumerable.Repeat(numbers[0], channels)] : numbers : null;
    }
}
