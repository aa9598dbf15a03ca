using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Queries <c>[B, H, n, D]</c>, keys <c>[B, G, m, D]</c> and values <c>[B, G, m, E]</c> of a node, those of the past in front.</summary>
internal sealed record AttentionHeads(NodeView Node, Value Q, Value K, Value V)
{
    private const int PastKey = 4;
    private const int PastValue = 5;

    public Dim Queries => Q.Shape[2];

    public Dim Keys => K.Shape[2];

    /// <summary>How many keys come before those of this run.</summary>
    public Dim Past => Node[PastKey] is { } past ? past.Shape[2] : Dim.Zero;

    /// <summary>Null where a rank or a size that must be fixed is not.</summary>
    public static AttentionHeads? Of(NodeView node)
    {
        (long heads, long kvHeads) = (node.Int("q_num_heads", 0), node.Int("kv_num_heads", 0));
        if (Split(node, 0, heads) is not { } q || Split(node, 1, kvHeads) is not { } k || Split(node, 2, kvHeads) is not { } v
            || q.Shape[3].ConstValue is null || q.Shape[1].ConstValue is not > 0 || k.Shape[1].ConstValue is not > 0
            || node[PastKey] is { Type: not TensorType { Shape.Rank: 4 } } || node[PastValue] is { Type: not TensorType { Shape.Rank: 4 } }
            || node.Attribute("scale") is { F: 0 } || node.Int("left_window_size", -1) >= 0 || node.Int("right_window_size", -1) >= 0)
        {
            return null;
        }

        return new AttentionHeads(node, q, Joined(node, PastKey, k), Joined(node, PastValue, v));
    }

    /// <summary><c>[B, H, n, E]</c> in the layout of the node's own query.</summary>
    public Value Merge(Value result)
    {
        if (Node.RankOf(0) == 4)
        {
            return result;
        }

        Value tokens = Node.Emit(new Transpose(result) { Perm = [0, 2, 1, 3] });
        return Node.Emit(new Reshape(tokens) { Shape = [tokens.Shape[0], tokens.Shape[1], tokens.Shape[2] * tokens.Shape[3]] });
    }

    private static Value? Split(NodeView node, int input, long heads)
    {
        Value x = node.Operand(input);
        return x.Type is not TensorType { Shape: { } shape } ? null
            : shape.Rank == 4 ? x
            : shape.Rank != 3 || heads <= 0 || shape[2].ConstValue is not { } width || width % heads != 0 ? null
            : node.Emit(new Transpose(node.Emit(new Reshape(x) { Shape = [shape[0], shape[1], heads, width / heads] })) { Perm = [0, 2, 1, 3] });
    }

    private static Value Joined(NodeView node, int input, Value x) => node[input] is { } past ? node.Emit(new Concat([past, x]) { Axis = 2 }) : x;
}
