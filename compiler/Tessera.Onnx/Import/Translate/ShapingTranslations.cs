using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Movement of elements: defaults that depend on the rank, and forms without an op of their own.</summary>
internal static class ShapingTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("Constant", Constant),
        new("Transpose", Transpose),
        new("Flatten", Flatten),
        new("Squeeze", Squeeze),
        new("Slice", Slice) { Since = 10 },
        new("Slice", SliceByAttributes) { Until = 10 },
        new("Split", Split),
        new("ConstantOfShape", ConstantOfShape),
        new("Unsqueeze", Unsqueeze) { Since = 13 },
        new("Range", RangeOfVectors) { Since = 11 },
    ];

    private static IReadOnlyList<Value?>? Constant(NodeView node) => node switch
    {
        _ when node.Attribute("sparse_value")?.SparseTensor is { } sparse => [node.Emit(new Constant { Value = Dense(SparseReader.Read(sparse, external: null)) })],
        _ when node.Attribute("value_int") is { } i => [node.Emit(new Constant { Value = TensorContent.Scalar(i.I) })],
        _ when node.Attribute("value_float") is { } f => [node.Emit(new Constant { Value = TensorContent.Scalar(f.F) })],
        _ when node.Ints("value_ints") is { } ints => [node.Emit(new Constant { Value = TensorContent.Vector(ints) })],
        _ when node.Floats("value_floats") is { } floats => [node.Emit(new Constant { Value = TensorContent.From<float>(DType.F32, [floats.Length], floats) })],
        _ when node.Attribute("value_string") is { } s => [node.Emit(new Constant { Value = TensorContent.FromStrings([], [s.S.ToStringUtf8()]) })],
        _ when node.Strings("value_strings") is { } strings => [node.Emit(new Constant { Value = TensorContent.FromStrings([strings.Length], strings) })],
        _ => null,
    };

    private static TensorContent Dense(WeightSource source) => TensorContent.FromBytes(source.DType, source.Dims, source.ToArray());

    // Without perm the axes are reversed.
    private static IReadOnlyList<Value?>? Transpose(NodeView node) => node.Attribute("perm") is null && node.RankOf(0) is { } rank
        ? [node.Emit(new Transpose(node.Operand(0)) { Perm = [.. Enumerable.Range(0, rank).Reverse().Select(static a => (long)a)] })]
        : null;

    private static IReadOnlyList<Value?>? Flatten(NodeView node)
    {
        if (node.RankOf(0) is not { } rank)
        {
            return null;
        }

        Value x = node.Operand(0);
        long axis = node.Int("axis", 1);
        int at = (int)(axis < 0 ? axis + rank : axis);
        return [node.Emit(new Reshape(x) { Shape = [Dim.Product(x.Shape.Take(at)), Dim.Product(x.Shape.Skip(at))] })];
    }

    // Without axes every axis of size 1 goes; one whose size is not known may or may not.
    private static IReadOnlyList<Value?>? Squeeze(NodeView node)
    {
        if (node.Attribute("axes") is not null || node[1] is not null || node.RankOf(0) is null)
        {
            return null;
        }

        Value x = node.Operand(0);
        return x.Shape.All(static d => d.ConstValue is not null)
            ? [node.Emit(new Reshape(x) { Shape = [.. x.Shape.Where(static d => d.ConstValue != 1)] })]
            : null;
    }

    private static IReadOnlyList<Value?>? Slice(NodeView node) =>
        node[3] is null && node.Sizes(1) is { } starts && node.Sizes(2) is { } ends && (node[4] is null ? [] : node.Numbers(4)) is { } steps
            ? Slice(node, starts, ends, null, steps)
            : null;

    private static IReadOnlyList<Value?>? SliceByAttributes(NodeView node) =>
        node.Ints("starts") is { } starts && node.Ints("ends") is { } ends
            ? Slice(node, [.. starts.Select(Dim.Const)], [.. ends.Select(Dim.Const)], node.Ints("axes"), [])
            : null;

    private static IReadOnlyList<Value?> Slice(NodeView node, IReadOnlyList<Dim> starts, IReadOnlyList<Dim> ends, long[]? axes, long[] steps) =>
    [
        node.Emit(new Slice(node.Operand(0))
        {
            Starts = [.. starts],
            Ends = [.. ends],
            Axes = axes is null ? [.. Enumerable.Range(0, starts.Count).Select(static a => (long)a)] : [.. axes],
            Steps = [.. steps],
        }),
    ];

    // Without sizes the parts are equal; with num_outputs, the last may be smaller.
    private static IReadOnlyList<Value?>? Split(NodeView node)
    {
        if (node[1] is not null || node.Attribute("split") is not null || node.RankOf(0) is not { } rank)
        {
            return null;
        }

        Value x = node.Operand(0);
        long axis = node.Int("axis", 0);
        Dim size = x.Shape[(int)(axis < 0 ? axis + rank : axis)];
        long parts = node.Int("num_outputs", node.OutputCount);
        if (parts != node.OutputCount)
        {
            return null;
        }

        Dim part = Dim.CeilDiv(size, parts);
        Dim[] sizes = [.. Enumerable.Repeat(part, (int)parts - 1), size - (part * (parts - 1))];
        return node.EmitAll(new Split(x) { Axis = axis, Sizes = [.. sizes] });
    }

    // Without a value the elements are f32 zeros.
    private static IReadOnlyList<Value?>? ConstantOfShape(NodeView node) => node.Sizes(0) is { } shape && node.Attribute("value") is null
        ? [node.Emit(new ConstantOfShape { Shape = [.. shape], Value = TensorContent.From(DType.F32, [1], [0f]) })]
        : null;

    // Runtimes take ends of shape [1].
    private static IReadOnlyList<Value?>? RangeOfVectors(NodeView node)
    {
        Value[] ends = [.. node.Rest(0).Select(v => v.Type is TensorType { Shape: [{ ConstValue: 1 }] } ? node.Emit(new Reshape(v) { Shape = [] }) : v)];
        return ends is [var start, var limit, var delta] ? [node.Emit(new Ir.Ops.Range(start, limit, delta))] : null;
    }

    // A scalar of axes is taken for a vector of one.
    private static IReadOnlyList<Value?>? Unsqueeze(NodeView node) => node.Numbers(1) is { } axes
        ? [node.Emit(new Unsqueeze(node.Operand(0)) { Axes = [.. axes] })]
        : null;
}
