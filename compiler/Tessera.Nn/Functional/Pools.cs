using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Pools of one example.</content>
public static partial class Functional
{
    /// <summary>The greatest element of each window of <c>x[channels, s…]</c>; what stands around counts for nothing.</summary>
    /// <param name="x">One example.</param>
    /// <param name="kernel">Sizes of the window.</param>
    /// <param name="stride">Steps of the window; as large as the window unless given.</param>
    /// <param name="padding">What stands around.</param>
    /// <param name="dilation">Distance of a window's elements.</param>
    /// <param name="ceil">Rounds the number of windows up; each begins inside x or before it.</param>
    public static Tensor MaxPool(Tensor x, Extent kernel, Extent stride = default, Padding padding = default, Extent dilation = default, bool ceil = false)
    {
        PoolWindow window = new(x, kernel, stride, padding, dilation);
        Tensor one = x.Unsqueeze(0);
        return one.Tracer.EmitAll(_ => new MaxPool(one.Value)
        {
            Kernel = window.Kernel,
            Strides = window.Strides,
            Pads = window.Pads,
            Dilations = window.Dilations,
            CeilMode = ceil,
        })[0].Squeeze(0);
    }

    /// <summary>The mean of each window of <c>x[channels, s…]</c>.</summary>
    /// <param name="x">One example.</param>
    /// <param name="kernel">Sizes of the window.</param>
    /// <param name="stride">Steps of the window; as large as the window unless given.</param>
    /// <param name="padding">What stands around.</param>
    /// <param name="ceil">Rounds the number of windows up; each begins inside x or before it.</param>
    /// <param name="countPadding">Padding counts as zeros; else the mean is over elements of x alone.</param>
    public static Tensor AvgPool(Tensor x, Extent kernel, Extent stride = default, Padding padding = default, bool ceil = false, bool countPadding = true)
    {
        PoolWindow window = new(x, kernel, stride, padding, default);
        return Windows.Alone(x, one => new AveragePool(one)
        {
            Kernel = window.Kernel,
            Strides = window.Strides,
            Pads = window.Pads,
            CeilMode = ceil,
            CountIncludePad = countPadding,
        });
    }

    /// <summary>The mean of each channel: <c>x[channels, s…] → [channels]</c>.</summary>
    public static Tensor GlobalAvgPool(Tensor x) => Mean(x, keepDims: false, Spatial(x));

    /// <summary>The greatest element of each channel: <c>x[channels, s…] → [channels]</c>.</summary>
    public static Tensor GlobalMaxPool(Tensor x) => Max(x, keepDims: false, Spatial(x));

    /// <summary>
    /// Means over as many windows as asked for along each axis, the i-th of o over elements <c>⌊i·s/o⌋</c> up to before
    /// <c>⌈(i + 1)·s/o⌉</c>: <c>x[channels, s…] → [channels, size…]</c>. An axis of symbolic size goes to 1 alone.
    /// </summary>
    public static Tensor AdaptiveAvgPool(Tensor x, Extent size) =>
        AdaptiveWindows.Pool(x, size, static (v, k) => AvgPool(v, k), static (v, axis) => Mean(v, keepDims: true, axis));

    /// <summary>Greatest elements of the windows of <see cref="AdaptiveAvgPool"/>.</summary>
    public static Tensor AdaptiveMaxPool(Tensor x, Extent size) =>
        AdaptiveWindows.Pool(x, size, static (v, k) => MaxPool(v, k), static (v, axis) => Max(v, keepDims: true, axis));

    private static long[] Spatial(Tensor x) => [.. Enumerable.Range(1, Windows.Axes(x, "a global pool")).Select(static a => (long)a)];
}
