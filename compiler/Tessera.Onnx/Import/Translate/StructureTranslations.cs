using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Ops on flattened tensors, and what is known before a run: whether an optional holds a value, which branch is taken.</summary>
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
        new("If", Branch) { ComesFirst = true },
    ];

    // Ranks that depend on the branch are ranks that nobody below it knows, so a branch that cannot be taken is never read.
    private static IReadOnlyList<Value?>? Branch(NodeView node) =>
        KnownTruth.Of(node.Operand(0), node.Builder.Facts) is { } truth && node.Attribute(truth ? "then_branch" : "else_branch") is { G: { } taken }
            ? node.Inline(taken)
            : null;

    private static Value? Flat(NodeView node) => node.Operand(0) is { Type: TensorType { Shape: { } shape } } x
        ? shape.Rank == 1 ? x : node.Emit(new Reshape(x) { Shape = [shape.NumElements] })
        : null;

    private static Value Known(NodeView node, bool value) => node.Emit(new Constant { Value = TensorContent.From(DType.Bool, [], [value]) });
}
