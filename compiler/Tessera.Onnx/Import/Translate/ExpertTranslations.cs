using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// ONNX Runtime's mixture of experts as its CPU provider computes it: softmax over all experts, then top-k; GELU by tanh; stacks of
/// weights that are <c>[experts, out, in]</c>.
/// </summary>
internal static class ExpertTranslations
{
    private const string Domain = "com.microsoft";

    public static IEnumerable<Translation> All => [new("MoE", Moe) { Domain = Domain }];

    private static IReadOnlyList<Value?>? Moe(NodeView node)
    {
        Value x = node.Operand(0);
        Value logits = node.Operand(1);
        if (x.Type is not TensorType { Shape: { Rank: 2 or 3 } shape } || Form(node) is not { } form || Experts(node, form) is not { } tail
            || tail.Experts != (logits.Type is TensorType { Shape: { Rank: 2 } width } ? width[1].ConstValue : null) || node.Int("k", 1) > tail.Experts)
        {
            return null;
        }

        Shape tokens = [.. shape.SkipLast(1)];
        Value flat = shape.Rank == 2 ? x : node.Emit(new Reshape(x) { Shape = [tokens.NumElements, shape[2]] });
        IReadOnlyList<Value> routed = node.EmitAll(new Route(logits) { K = node.Int("k", 1), Renormalize = node.Int("normalize_routing_weights", 0) != 0 });
        Value y = node.Emit(form with { X = flat, Experts = routed[1], Weights = routed[0], Tail = [.. tail.Values], ExpertCount = tail.Experts });
        return [shape.Rank == 2 ? y : node.Emit(new Reshape(y) { Shape = shape })];
    }

    // What stands between the matrices; null for what the provider does not compute, or computes otherwise than it is described.
    private static GroupedMlp? Form(NodeView node)
    {
        Value none = node.Operand(0);
        GroupedMlp form = new(none, none, none, []) { ExpertCount = 1, Biases = node[3] is not null };
        string activation = node.Text("activation_type", "relu");
        if (node.Int("use_sparse_mixer", 0) != 0 || (activation != "swiglu" && node[6] is not null) || node[3] is null != node[5] is null || (node[6] is not null && node[7] is null != node[3] is null))
        {
            return null;
        }

        return activation switch
        {
            "relu" => form with { Activation = ExpertActivation.Relu },
            "gelu" => form with { Activation = ExpertActivation.GeluTanh },
            "silu" => form with { Activation = ExpertActivation.Silu },
            "identity" => form with { Activation = ExpertActivation.Identity },
            "swiglu" when node.Int("swiglu_fusion", 0) == 1 && node[6] is null => form with
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

    private static double Limit(NodeView node) => node.Attribute("swiglu_limit") is { F: var limit } && float.IsFinite(limit) ? limit : 0;

    private static (IReadOnlyList<Value> Values, long Experts)? Experts(NodeView node, GroupedMlp form)
    {
        Value[] matrices = [node.Operand(2), node.Operand(4)];
        Value?[] biases = form.Biases ? [node[3], node[5]] : [null, null];
        if (matrices.Any(static m => m.Type is not TensorType { Shape: { Rank: 3, IsStatic: true } }) || biases.Any(static b => b is { Type: not TensorType { Shape: { Rank: 2, IsStatic: true } } }))
        {
            return null;
        }

        long experts = matrices[0].Shape[0].ConstValue!.Value;
        List<Value> values = [];
        for (long e = 0; e < experts; e++)
        {
            for (int m = 0; m < matrices.Length; m++)
            {
                values.Add(node.Emit(new Transpose(View(node, matrices[m], e)) { Perm = [1, 0] }));
                if (biases[m] is { } bias)
                {
                    values.Add(View(node, bias, e));
                }
            }
        }

        return (values, experts);
    }

    // One expert's part of a stack.
    private static Value View(NodeView node, Value stack, long expert)
    {
        Value one = node.Emit(new Slice(stack) { Starts = [expert], Ends = [expert + 1], Axes = [0] });
        return node.Emit(new Reshape(one) { Shape = [.. stack.Shape.Skip(1)] });
    }
}
