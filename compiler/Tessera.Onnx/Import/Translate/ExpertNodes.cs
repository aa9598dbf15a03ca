using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>What ONNX Runtime's two ops of experts have in common, as its CPU provider computes them.</summary>
internal static class ExpertNodes
{
    private const long MostExperts = 1 << 12;

    /// <summary>What stands between two matrices that have biases or not; null for what the provider does not compute.</summary>
    public static GroupedMlp? Form(NodeView node, bool biases)
    {
        Value none = node.Operand(0);
        GroupedMlp form = new(none, none, none, []) { ExpertCount = 1, Biases = biases };
        return (node.Text("activation_type", "relu"), node.Int("swiglu_fusion", 0)) switch
        {
            _ when node.Int("use_sparse_mixer", 0) != 0 => null,
            ("relu", 0) => form with { Activation = ExpertActivation.Relu },
            ("gelu", 0) => form with { Activation = ExpertActivation.GeluTanh },
            ("silu", 0) => form with { Activation = ExpertActivation.Silu },
            ("identity", 0) => form with { Activation = ExpertActivation.Identity },
            ("swiglu", 1) => form with
            {
                Activation = ExpertActivation.Silu,
                Gate = ExpertGate.Interleaved,
                Alpha = node.Float("activation_alpha", 1),
                Beta = node.Float("activation_beta", 0),
                Limit = Limit(node),
            },
            _ => null,
        };
    }

    /// <summary>
    /// The node's result: its tokens through the experts of a tail, the last expert first. Of equal logits the provider takes the later, we the
    /// earlier: all are counted from the end.
    /// </summary>
    public static IReadOnlyList<Value?>? Routed(NodeView node, GroupedMlp form, Route routing, IReadOnlyList<Value> tail, long experts)
    {
        Value x = node.Operand(0);
        if (x.Type is not TensorType { Shape: { Rank: 2 or 3 } shape } || routing.K > experts)
        {
            return null;
        }

        Shape tokens = [.. shape.SkipLast(1)];
        Value flat = shape.Rank == 2 ? x : node.Emit(new Reshape(x) { Shape = [tokens.NumElements, shape[2]] });
        IReadOnlyList<Value> routed = node.EmitAll(routing with { Logits = Reversed(node, routing.Logits) });
        Value y = node.Emit(form with { X = flat, Experts = routed[1], Weights = routed[0], Tail = [.. tail], ExpertCount = experts });
        return [shape.Rank == 2 ? y : node.Emit(new Reshape(y) { Shape = shape })];
    }

    /// <summary>Whether logits are of so many experts, no more than can be written down one by one.</summary>
    public static bool AreCounted(NodeView node, long experts) =>
        experts is >= 1 and <= MostExperts && node.Operand(1).Type is TensorType { Shape: [_, var width] } && width.ConstValue == experts;

    /// <summary>One expert's part of a stack.</summary>
    public static Value View(NodeView node, Value stack, long expert)
    {
        Value one = node.Emit(new Slice(stack) { Starts = [expert], Ends = [expert + 1], Axes = [0] });
        return node.Emit(new Reshape(one) { Shape = [.. stack.Shape.Skip(1)] });
    }

    private static Value Reversed(NodeView node, Value logits) =>
        node.Emit(new Slice(logits) { Starts = [-1], Ends = [-logits.Shape[1] - 1], Axes = [1], Steps = [-1] });

    private static double Limit(NodeView node) => node.Attribute("swiglu_limit") is { F: var limit } && float.IsFinite(limit) ? limit : 0;
}
