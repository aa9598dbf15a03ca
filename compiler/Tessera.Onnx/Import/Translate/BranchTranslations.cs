using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>A branch of which it is known that it is taken stands in the place of its <c>If</c>: functions of ONNX decide so about sizes and attributes.</summary>
internal static class BranchTranslations
{
    /// <summary>No condition of a function is deeper.</summary>
    private const int Deepest = 16;

    public static IEnumerable<Translation> All => [new("If", Taken) { ComesFirst = true }];

    private static IReadOnlyList<Value?>? Taken(NodeView node) =>
        Known(node.Operand(0), Deepest) is { } condition && node.Attribute(condition ? "then_branch" : "else_branch")?.G is { Input.Count: 0 } branch
            ? [.. node.Inline(branch)]
            : null;

    private static bool? Known(Value condition, int depth) => depth == 0 ? null : condition.Op switch
    {
        Constant { Value: { DType: DType.Bool, Count: 1 } content } => RefTensors.FromContent(content).B[0],
        Not not => !Known(not.X, depth - 1),
        And and => Known(and.A, depth - 1) & Known(and.B, depth - 1),
        Or or => Known(or.A, depth - 1) | Known(or.B, depth - 1),
        Equal { A: var a, B: var b } => Compared(a, b) is { } order ? order == 0 : null,
        Less { A: var a, B: var b } => Compared(a, b) is { } order ? order < 0 : null,
        Greater { A: var a, B: var b } => Compared(a, b) is { } order ? order > 0 : null,
        Reshape { X: var same } => Known(same, depth - 1),
        _ => null,
    };

    private static int? Compared(Value a, Value b) => Number(a) is { } x && Number(b) is { } y ? x.CompareTo(y) : null;

    private static long? Number(Value value) => value.Sizes is [{ ConstValue: { } size }] ? size : null;
}
