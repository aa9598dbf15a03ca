using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Forms of older opsets that took as attributes what are inputs now, or had another name.</summary>
internal static class OldFormTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("Pad", PadByAttributes) { Until = 11 },
        new("Pad", PadAlongAxes) { Since = 18 },
        new("TopK", TopKByAttribute) { Until = 10 },
        new("TopK", static node => node.Sizes(1) is [var k] ? node.EmitAll(new TopK(node.Operand(0)) { K = k, Axis = node.Int("axis", -1) }) : null) { Since = 10, Until = 11 },
        new("Clip", ClipByAttributes) { Until = 11 },
        new("Clip", ClipByVectors) { Since = 11 },
        new("Scatter", static node => [node.Emit(new ScatterElements(node.Operand(0), node.Operand(1), node.Operand(2)) { Axis = node.Int("axis", 0) })])
        {
            Since = 9, Until = 11,
        },
    ];

    private static IReadOnlyList<Value?>? PadByAttributes(NodeView node) =>
        (node.Ints("pads") ?? node.Ints("paddings")) is { } pads && Mode(node) is { } mode
            ? [node.Emit(new Pad(node.Operand(0), mode == PadMode.Constant ? node.Scalar(node.Operand(0).DType, node.Float("value", 0)) : null)
            {
                Pads = [.. pads.Select(Dim.Const)],
                Mode = mode,
            })]
            : null;

    private static IReadOnlyList<Value?>? PadAlongAxes(NodeView node)
    {
        if (node.Sizes(1) is not { } pads || node.Numbers(3) is not { } axes || node.RankOf(0) is not { } rank || Mode(node) is not { } mode || pads.Count != 2 * axes.Length)
        {
            return null;
        }

        Dim[] all = [.. Enumerable.Repeat(Dim.Zero, 2 * rank)];
        for (int k = 0; k < axes.Length; k++)
        {
            long axis = axes[k] < 0 ? axes[k] + rank : axes[k];
            (all[axis], all[rank + axis]) = (pads[k], pads[axes.Length + k]);
        }

        return [node.Emit(new Pad(node.Operand(0), node[2]) { Pads = [.. all], Mode = mode })];
    }

    private static PadMode? Mode(NodeView node) => node.Text("mode", "constant") switch
    {
        "constant" => PadMode.Constant,
        "reflect" => PadMode.Reflect,
        "edge" => PadMode.Edge,
        "wrap" => PadMode.Wrap,
        _ => null,
    };

    private static IReadOnlyList<Value?>? TopKByAttribute(NodeView node) => node.Attribute("k") is { } k
        ? node.EmitAll(new TopK(node.Operand(0)) { K = k.I, Axis = node.Int("axis", -1) })
        : null;

    private static IReadOnlyList<Value?> ClipByAttributes(NodeView node)
    {
        Value x = node.Operand(0);
        Value? Bound(string name) => node.Attribute(name) is { } given ? node.Scalar(x.DType, given.F) : null;
        return Bound("min") is var low && Bound("max") is var high && (low ?? high) is null ? [x] : [node.Emit(new Clip(x, low, high))];
    }

    // Runtimes take bounds of shape [1].
    private static IReadOnlyList<Value?> ClipByVectors(NodeView node)
    {
        Value? Bound(int input) => node[input] is not { } bound ? null : bound.Type is TensorType { Shape.Rank: 0 } ? bound : node.Emit(new Reshape(bound) { Shape = [] });
        return [node.Emit(new Clip(node.Operand(0), Bound(1), Bound(2)))];
    }
}
