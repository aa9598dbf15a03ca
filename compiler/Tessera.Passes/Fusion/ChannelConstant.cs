using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>A constant that is one number for each channel of images, or one for all.</summary>
/// <param name="DType">Its element type.</param>
/// <param name="Numbers">One, or one for each channel.</param>
internal sealed record ChannelConstant(DType DType, double[] Numbers)
{
    private const long MostElements = 1 << 16;

    // A larger term next to what it cancels loses more digits than a convolution of the sum would: pixels lie within.
    private const double MostTerm = 256;

    /// <summary>The constant beside an operand of shape [N, C, …] with which it broadcasts to that very shape.</summary>
    public static ChannelConstant? Of(Value value, Shape image)
    {
        if (value.Op is not Constant { Value: { Count: > 0 and <= MostElements, DType: DType.F32 or DType.F64 } content } || value.Rank > image.Rank)
        {
            return null;
        }

        int channels = value.Rank - (image.Rank - 1);
        bool varies = content.Count > 1;
        return varies && (channels < 0 || content.Dims[channels] != content.Count || image[1].ConstValue != content.Count)
            ? null
            : new ChannelConstant(content.DType, [.. RefTensors.FromContent(content).F]);
    }

    /// <summary>Whether weights may take it in as a factor, if their products neither overflow nor vanish.</summary>
    public bool IsFactor => Numbers.All(static n => double.IsFinite(n) && n != 0);

    /// <summary>Whether a bias may take it in as a term.</summary>
    public bool IsModerate => Numbers.All(static n => Math.Abs(n) <= MostTerm);

    /// <summary>The number of a channel.</summary>
    public double this[int channel] => Numbers[Numbers.Length == 1 ? 0 : channel];

    /// <summary>A weight times the number of each channel along an axis of it; null where it is not known, or a product overflows or vanishes.</summary>
    public Value? Times(Value weight, int axis, RewriteContext context) =>
        weight.Shape[axis].ConstValue is { } channels && ScaledKernel.Of(weight, axis).Times(Each((int)channels)) is var kernel && kernel.Keeps(context.Weights)
            ? kernel.Emit(context)
            : null;

    /// <summary>As a constant that broadcasts with images of a rank, [N, C, …].</summary>
    public Value OfImages(int rank, RewriteContext context)
    {
        long[] dims = Numbers.Length == 1 ? [] : [.. Enumerable.Range(0, rank).Select(a => a == 1 ? (long)Numbers.Length : 1)];
        return context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(DType, dims, [.. Numbers])) });
    }

    /// <summary>As a vector of one number for each of so many channels.</summary>
    public Value Vector(int channels, RewriteContext context) =>
        context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(DType, [channels], Each(channels))) });

    private double[] Each(int channels) => [.. Enumerable.Range(0, channels).Select(c => this[c])];
}
