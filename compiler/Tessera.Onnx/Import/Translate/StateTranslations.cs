using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Ops that hand a state from call to call.</summary>
internal static class StateTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("CausalConvWithState", CausalConv) { Since = 27 },
    ];

    // A depthwise convolution over the state and the input behind it; the state is what the next call needs of both.
    private static IReadOnlyList<Value?>? CausalConv(NodeView node)
    {
        (Value x, Value w) = (node.Operand(0), node.Operand(1));
        if (node.RankOf(0) != 3 || node.RankOf(1) != 3 || x.Shape[1].ConstValue is not { } channels || node.Text("activation", "none") is not ("none" or "silu" or "swish"))
        {
            return null;
        }

        Dim kept = w.Shape[2] - 1;
        Value past = node[3] ?? node.Emit(new Expand(node.Scalar(x.DType, 0)) { Shape = [x.Shape[0], x.Shape[1], kept] });
        Value padded = node.Emit(new Concat([past, x]) { Axis = 2 });
        Value y = node.Emit(new Conv(padded, w, node[2]) { Group = channels });
        Value state = node.Emit(new Slice(padded) { Starts = [x.Shape[2]], Ends = [x.Shape[2] + kept], Axes = [2] });
        return [node.Text("activation", "none") == "none" ? y : node.Emit(new Silu(y)), state];
    }
}
