using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>A pool's window over one example, by axis.</summary>
internal sealed class PoolWindow
{
    public PoolWindow(Tensor x, Extent kernel, Extent stride, Padding padding, Extent dilation)
    {
        int axes = Windows.Axes(x, "a pool");
        string place = x.Tracer.Here().ToString();
        Kernel = kernel.Over(place, "the kernel", axes, 0, 1);
        Strides = (stride.Values.Count == 0 ? new Extent(Kernel) : stride).Over(place, "the stride", axes, 1, 1);
        Dilations = dilation.Over(place, "the dilation", axes, 1, 1);
        Pads = padding.Around(place, Kernel, Strides, Dilations);
        for (int a = 0; a < axes; a++)
        {
            if (Math.Max(Pads[a], Pads[axes + a]) > Dilations[a] * (Kernel[a] - 1))
            {
                throw new TesseraException(
                    "TSR0617", place, $"padding {padding} leaves windows of {Kernel} that hold nothing of x.", "Pad by less than the window's span.");
            }
        }
    }

    public EquatableArray<long> Kernel { get; }

    public EquatableArray<long> Strides { get; }

    public EquatableArray<long> Pads { get; }

    public EquatableArray<long> Dilations { get; }
}
