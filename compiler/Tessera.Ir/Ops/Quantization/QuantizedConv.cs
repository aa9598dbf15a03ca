using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A convolution of quantised numbers less their zero points, with the windows of <see cref="Conv"/>.</summary>
public abstract record QuantizedConv : Op
{
    public override OpTraits Traits => OpTraits.Costly;

    /// <summary>One for each spatial axis; empty means 1 throughout.</summary>
    public EquatableArray<long> Strides { get; init; }

    /// <summary>Zero points before each spatial axis in order, then behind each; empty means none.</summary>
    public EquatableArray<long> Pads { get; init; }

    /// <summary>One for each spatial axis; empty means 1 throughout.</summary>
    public EquatableArray<long> Dilations { get; init; }

    public long Group { get; init; } = 1;

    /// <summary>The kernel's sizes, which w has anyway; empty, or equal to them.</summary>
    public EquatableArray<long> Kernel { get; init; }

    /// <summary>Of kernels <c>[M, C / group, k…]</c>.</summary>
    private protected Dim MacsOf(Value w) => Outputs[0].Shape.NumElements * Dim.Product(w.Shape.Skip(1));

    private protected Shape ResultShape(InferContext context, Value x, Value w) => Plain(x, w).ResultShape(context);

    /// <summary>Sums of products by element of the result, and the channel of each.</summary>
    private protected (long[] Dims, long[] Sums, long[] Channels) Sums(Value x, Value w, RefTensor input, RefTensor? inputZero, RefTensor kernel, RefTensor? kernelZero)
    {
        ConvWindow window = new(Plain(x, w), input.Dims, kernel.Dims);
        int count = checked((int)window.Result.Aggregate(1L, static (a, b) => a * b));
        (long[] sums, long[] channels) = (new long[count], new long[count]);
        for (int i = 0; i < count; i++)
        {
            long[] at = AxisSizes.Coordinates(window.Result, i);
            channels[i] = at[1];
            long zero = kernelZero is null ? 0 : kernelZero.I[kernelZero.Count == 1 ? 0 : at[1]];
            sums[i] = window.Products(at).Sum(p => (input.I[p.X] - (inputZero?.I[0] ?? 0)) * (kernel.I[p.W] - zero));
        }

        return (window.Result, sums, channels);
    }

    private Conv Plain(Value x, Value w) => new(x, w, null) { Strides = Strides, Pads = Pads, Dilations = Dilations, Group = Group, Kernel = Kernel };

    private protected static OnnxMapping Form(string opType) => OnnxMapping.Simple(
        opType,
        10,
        OnnxAttr.Of("strides"),
        OnnxAttr.Of("pads"),
        OnnxAttr.Of("dilations"),
        OnnxAttr.Of("group"),
        new OnnxAttr.Direct("kernel_shape", "kernel"),
        new OnnxAttr.Fixed("auto_pad", "NOTSET", IsDefault: true));
}
