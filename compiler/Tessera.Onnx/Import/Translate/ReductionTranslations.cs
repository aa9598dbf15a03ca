using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Reductions that are told to fold nothing where no axes are given, and none are.</summary>
internal static class ReductionTranslations
{
    public static IEnumerable<Translation> All => Enum.GetValues<ReduceKind>().Select(static kind =>
        new Translation($"Reduce{kind}", node => Unfolded(node, kind)) { Since = kind == ReduceKind.Sum ? 13 : 18 });

    private static IReadOnlyList<Value?>? Unfolded(NodeView node, ReduceKind kind) =>
        node[1] is null && node.Int("noop_with_empty_axes", 0) != 0 && DynamicReduce.Unfolded(kind, node.Operand(0)) is { } op ? [node.Emit(op)] : null;
}
