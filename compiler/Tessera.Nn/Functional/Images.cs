using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Images of one example <c>x[channels, s…]</c>.</content>
public static partial class Functional
{
    /// <summary>x with its spatial axes brought to given sizes.</summary>
    /// <param name="x">One example.</param>
    /// <param name="size">New sizes.</param>
    /// <param name="mode">How elements between others follow from them.</param>
    /// <param name="alignCorners">The centres of the outermost elements stay where they are, else their edges.</param>
    public static Tensor Resize(Tensor x, Extent size, Interpolation mode = Interpolation.Nearest, bool alignCorners = false)
    {
        EquatableArray<long> sizes = size.Over(x.Tracer.Here().ToString(), "the size", Windows.Axes(x, "resizing"), 0, 1);
        Dim[] all = [x.Shape[0], .. sizes.Select(Dim.Const)];
        return Resized(x, mode, alignCorners, g => (null, g.Concat([.. all.Select(d => g.Reshape(g.DimValue(d), [1]))], axis: 0)));
    }

    /// <summary>x with all spatial axes scaled by one factor: <c>s → ⌊s · factor⌋</c>.</summary>
    public static Tensor Rescale(Tensor x, double factor, Interpolation mode = Interpolation.Nearest, bool alignCorners = false)
    {
        int axes = Windows.Axes(x, "rescaling");
        return factor > 0 && double.IsFinite(factor)
            ? Resized(x, mode, alignCorners, g => (g.Constant(RefTensors.ToContent(RefTensor.Floats(DType.F32, [axes + 1], [1, .. Enumerable.Repeat((double)(float)factor, axes)]))), null))
            : throw new TesseraException("TSR0617", x.Tracer.Here().ToString(), string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"the factor is {factor:R}."), "It must be above 0.");
    }

    /// <summary>Channels laid out as blocks of pixels (arXiv 1609.05158): <c>x[c · r², h, w] → [c, r · h, r · w]</c>.</summary>
    public static Tensor PixelShuffle(Tensor x, int factor) =>
        Windows.Alone(x, one => new DepthToSpace(one) { BlockSize = factor, Mode = "CRD" });

    /// <summary><c>x[channels, s…]</c> at positions <c>grid[o…, k]</c> in [−1, 1], the last axis first: <c>[channels, o…]</c> (arXiv 1506.02025).</summary>
    public static Tensor GridSample(Tensor x, Tensor grid, GridSampleMode mode = GridSampleMode.Linear, bool alignCorners = false)
    {
        Tensor positions = grid.Unsqueeze(0);
        return Windows.Alone(x, one => new GridSample(one, positions.Value) { Mode = mode, AlignCorners = alignCorners });
    }

    /// <summary>x with so much around each of its axes; <paramref name="pads"/> holds the amounts before each, then behind each.</summary>
    public static Tensor Pad(Tensor x, EquatableArray<Dim> pads, PadMode mode = PadMode.Constant, double value = 0)
    {
        Tensor? fill = mode == PadMode.Constant && value != 0 ? x.Scalar(value) : null;
        return x.Emit(_ => new Pad(x.Value, fill?.Value) { Pads = pads, Mode = mode });
    }

    // Channels are an axis like any other to Resize, one that stays.
    private static Tensor Resized(Tensor x, Interpolation mode, bool alignCorners, Func<GraphBuilder, (Value? Scales, Value? Sizes)> target)
    {
        if (alignCorners && mode == Interpolation.Nearest)
        {
            throw new TesseraException("TSR0617", x.Tracer.Here().ToString(), "the nearest element has no corners to align.", "Leave alignCorners out.");
        }

        Tensor one = x.Unsqueeze(0);
        return one.Tracer.Build(g =>
        {
            (Value? scales, Value? sizes) = target(g);
            return g.Emit(new Resize(
                one.Value,
                null,
                scales is null ? null : g.Concat([g.Constant(RefTensors.ToContent(RefTensor.Floats(DType.F32, [1], [1]))), scales], axis: 0),
                sizes is null ? null : g.Concat([g.Ints(1), sizes], axis: 0))
            {
                Mode = mode switch { Interpolation.Nearest => "nearest", Interpolation.Linear => "linear", _ => "cubic" },
                Coordinates = mode == Interpolation.Nearest ? "asymmetric" : alignCorners ? "align_corners" : "half_pixel",
                NearestMode = "floor",
            });
        }).Squeeze(0);
    }
}
