using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// Attention and rotary embedding of <c>ai.onnx</c>, whose tokens stand behind the heads, as those here. What hides a key is
/// added to its logit, as the op's function body does; the softcap comes before it (release 1.22).
/// </summary>
internal static class AttentionTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("Attention", Attention) { Since = 23 },
        new("RotaryEmbedding", Rotary) { Since = 23, ComesFirst = true },
    ];

    private static IReadOnlyList<Value?>? Attention(NodeView node)
    {
        if (AttentionHeads.Of(node) is not { } heads)
        {
            return null;
        }

        AttentionBias bias = new(node, heads);
        Value? present = node.Wants(1) ? heads.K : null;
        Value? values = node.Wants(2) ? heads.V : null;
        if (node.Wants(3))
        {
            (Value weighed, Value logits) = AttentionLogitsBody.Build(node, heads, bias);
            return [heads.Merge(weighed), present, values, logits];
        }

        Value result = node.Emit(new Attention(TokenMajor(node, heads.Q), TokenMajor(node, heads.K), TokenMajor(node, heads.V), Mask: bias.WithoutPositions(), KLengths: node[6])
        {
            Scale = node.Float("scale", 0),
            Softcap = node.Float("softcap", 0),
            Causal = bias.IsPlainCausal,
            WindowRight = bias.WindowRight,
            Hiding = Hiding.Added,
        });
        return [heads.Merge(TokenMajor(node, result)), present, values];
    }

    // [B, n, H, D] and [B, H, n, D], either way.
    private static Value TokenMajor(NodeView node, Value x) => node.Emit(new Transpose(x) { Perm = [0, 2, 1, 3] });

    private static IReadOnlyList<Value?>? Rotary(NodeView node)
    {
        Value x = node.Operand(0);
        long count = node.Int("num_heads", 0);
        if (x.Type is not TensorType { Shape: { Rank: 3 or 4 } shape } || (shape.Rank == 3 && (count <= 0 || shape[2].ConstValue is not { } width || width % count != 0)))
        {
            return null;
        }

        Value tokens = shape.Rank == 4
            ? TokenMajor(node, x)
            : node.Emit(new Reshape(x) { Shape = [shape[0], shape[1], count, Dim.FloorDiv(shape[2], count)] });
        Value turned = node.Emit(new RotaryEmbedding(tokens, Angles(node, 1), Angles(node, 2)) { Interleaved = node.Int("interleaved", 0) != 0 });
        return [shape.Rank == 4 ? TokenMajor(node, turned) : node.Emit(new Reshape(turned) { Shape = shape })];
    }

    // Rows of a table at the positions, or given for each token.
    private static Value Angles(NodeView node, int input)
    {
        Value angles = node.Operand(input);
        return node[3] is { } positions ? node.Emit(new Gather(angles, positions) { Axis = 0 }) : angles;
    }
}
