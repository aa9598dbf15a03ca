using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Pooling of whole planes, and convolutions that choose their own padding.</summary>
internal static class WindowTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("GlobalAveragePool", static node => Plane(node) is { } axes ? [node.Emit(new ReduceMean(node.Operand(0)) { Axes = axes, KeepDims = true })] : null) { IsOurs = true },
        new("GlobalMaxPool", static node => Plane(node) is { } axes ? [node.Emit(new ReduceMax(node.Operand(0)) { Axes = axes, KeepDims = true })] : null),
        new("GlobalLpPool", GlobalLpPool) { Since = 2 },
        new("Conv", Conv),
    ];

    private static EquatableArray<long>? Plane(NodeView node) =>
        node.RankOf(0) is > 2 and var rank ? [.. Enumerable.Range(2, rank - 2).Select(static a => (long)a)] : null;

    private static IReadOnlyList<Value?>? GlobalLpPool(NodeView node)
    {
        if (Plane(node) is not { } axes)
        {
            return null;
        }

        Value x = node.Operand(0);
        long p = node.Int("p", 2);
        if (p <= 2)
        {
            return [node.Emit(p == 1 ? new ReduceL1(x) { Axes = axes, KeepDims = true } : new ReduceL2(x) { Axes = axes, KeepDims = true })];
        }

        Value powers = node.Emit(new Pow(node.Emit(new Abs(x)), node.Scalar(x.DType, p)));
        Value sum = node.Emit(new ReduceSum(powers) { Axes = axes, KeepDims = true });
        return [node.Emit(new Pow(sum, node.Scalar(x.DType, 1.0 / p)))];
    }

    // Padding that keeps ⌈s / stride⌉ elements follows from the sizes where they are known, or where the stride is 1.
    private static IReadOnlyList<Value?>? Conv(NodeView node)
    {
        string auto = node.Text("auto_pad", "NOTSET");
        (Value x, Value w) = (node.Operand(0), node.Operand(1));
        if (auto == "NOTSET" || node.RankOf(0) is not { } rank || node.RankOf(1) != rank)
        {
            return null;
        }

        int spatial = rank - 2;
        long[] pads = new long[2 * spatial];
        for (int a = 0; a < spatial && auto != "VALID"; a++)
        {
            (long stride, long dilation) = (node.Ints("strides")?[a] ?? 1, node.Ints("dilations")?[a] ?? 1);
            if ((node.Ints("kernel_shape")?[a] ?? w.Shape[a + 2].ConstValue) is not { } kernel || (x.Shape[a + 2].ConstValue ?? (stride == 1 ? 1L : null)) is not { } size)
            {
                return null;
            }

            long total = Math.Max(0, ((((size + stride - 1) / stride) - 1) * stride) + (dilation * (kernel - 1)) + 1 - size);
            pads[a] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
            pads[spatial + a] = total - pads[a];
        }

        return [node.Emit(new Conv(x, w, node[2])
        {
            Strides = [.. node.Ints("strides") ?? []],
            Dilations = [.. node.Ints("dilations") ?? []],
            Pads = auto == "VALID" ? [] : [.. pads],
            Group = node.Int("group", 1),
        })];
    }
}
