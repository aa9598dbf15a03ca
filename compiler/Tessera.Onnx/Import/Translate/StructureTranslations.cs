using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Ops on flattened tensors, and optionals of which it is known whether they hold a value.</summary>
internal static class StructureTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("Compress", static node => node.Attribute("axis") is null && Flat(node) is { } x ? [node.Emit(new Compress(x, node.Operand(1)) { Axis = 0 })] : null),
        new("Unique", static node => node.Attribute("axis") is null && Flat(node) is { } x
            ? node.EmitAll(new Unique(x) { Axis = 0, Sorted = node.Int("sorted", 1) != 0 })
            : null),
        new("OptionalGetElement", static node => node.Operand(0) is { Type: not OptionalType } known ? [known] : null),
        new("OptionalHasElement", static node => node[0]?.Type is OptionalType ? null : [Known(node, node[0] is not null)]) { Since = 18 },
        new("OptionalHasElement", static node => node[0] is { Type: not OptionalType } ? [Known(node, true)] : null) { Since = 15, Until = 18 },
    ];

    private static Value? Flat(NodeView node) => node.Operand(0) is { Type: TensorType { Shape: { } shape } } x
        ? shape.Rank == 1 ? x : node.Emit(new Reshape(x) { Shape = [shape.NumElements] })
        : null;

    private static Value Known(NodeView node, bool value) => node.Emit(new Constant { Value = TensorContent.From(DType.Bool, [], [value]) });
}
