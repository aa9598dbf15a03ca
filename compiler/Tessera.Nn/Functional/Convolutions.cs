using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Convolutions of one example.</content>
public static partial class Functional
{
    /// <summary>
    /// Convolution of <c>x[in, s…]</c> with <c>weight[out, in / groups, k…]</c>, the kernel not flipped: <c>[out, o…]</c> with
    /// <c>o = ⌊(s + padding − dilation · (k − 1) − 1) / stride⌋ + 1</c>.
    /// </summary>
    public static Tensor Conv(
        Tensor x, Tensor weight, Tensor? bias = null, Extent stride = default, Padding padding = default, Extent dilation = default, int groups = 1)
    {
        int axes = Windows.Axes(x, "a convolution", weight.Rank - 2);
        string place = x.Tracer.Here().ToString();
        Channels(x, weight.Shape[1] * groups, groups, weight.Shape[0], place);
        EquatableArray<long> kernel = Kernel(weight, place);
        EquatableArray<long> strides = stride.Over(place, "the stride", axes, 1, 1);
        EquatableArray<long> dilations = dilation.Over(place, "the dilation", axes, 1, 1);
        EquatableArray<long> pads = padding.Around(place, kernel, strides, dilations);
        return Windows.Alone(x, one => new Conv(one, weight.Value, bias?.Value)
        {
            Strides = strides,
            Pads = pads,
            Dilations = dilations,
            Group = groups,
        });
    }

    /// <summary>
    /// The transpose of a convolution: <c>x[in, s…], weight[in, out / groups, k…] → [out, o…]</c> with
    /// <c>o = stride · (s − 1) + dilation · (k − 1) + outputPadding + 1 − padding</c>.
    /// </summary>
    public static Tensor ConvTranspose(
        Tensor x, Tensor weight, Tensor? bias = null, Extent stride = default, Padding padding = default, Extent outputPadding = default,
        Extent dilation = default, int groups = 1)
    {
        int axes = Windows.Axes(x, "a transposed convolution", weight.Rank - 2);
        string place = x.Tracer.Here().ToString();
        Channels(x, weight.Shape[0], groups, weight.Shape[0], place);
        EquatableArray<long> kernel = Kernel(weight, place);
        EquatableArray<long> strides = stride.Over(place, "the stride", axes, 1, 1);
        EquatableArray<long> dilations = dilation.Over(place, "the dilation", axes, 1, 1);
        EquatableArray<long> pads = padding.Around(place, kernel, strides, dilations);
        EquatableArray<long> more = outputPadding.Over(place, "the output padding", axes, 0, 0);
        return Windows.Alone(x, one => new ConvTranspose(one, weight.Value, bias?.Value)
        {
            Strides = strides,
            Pads = pads,
            OutputPadding = more,
            Dilations = dilations,
            Group = groups,
        });
    }

    private static EquatableArray<long> Kernel(Tensor weight, string place) =>
    [
        .. weight.Shape.Skip(2).Select(d => d.ConstValue ?? throw new TesseraException(
            "TSR0617", place, $"a kernel must have fixed sizes; it is {weight.Value.Type}.")),
    ];

    private static void Channels(Tensor x, Dim wanted, int groups, Dim filters, string place)
    {
        if (groups < 1 || (filters.ConstValue is { } count && count % groups != 0))
        {
            throw new TesseraException("TSR0618", place, $"{filters} channels do not fall into {groups} groups.", "Channels are a multiple of the groups.");
        }

        if (x.Tracer.Builder.Facts.Equal(x.Shape[0], wanted) == Proof.Disproved)
        {
            throw new TesseraException(
                "TSR0618", place, $"x is {x.Value.Type}, of {x.Shape[0]} channels, and the weights are for {wanted}.", "x is one example, channels first: [channels, s…].");
        }
    }
}
