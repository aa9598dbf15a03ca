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

    public static IEnumerable<Translation> All =>
    [
        new("MoE", Moe) { Domain = Domain },
        new("QMoE", static node => new QuantizedExperts(node).Read()) { Domain = Domain },
        new("MatMulNBits", QuantizedMatMul.Read) { Domain = Domain },
    ];

    private static IReadOnlyList<Value?>? Moe(NodeView node)
    {
        if (node[6] is not null || node[7] is not null || node[3] is null != node[5] is null
            || ExpertNodes.Form(node, node[3] is not null) is not { } form || Experts(node, form) is not { } tail)
        {
            return null;
        }

        Route routing = new(node.Operand(1)) { K = node.Int("k", 1), Renormalize = node.Int("normalize_routing_weights", 0) != 0 };
        return ExpertNodes.Routed(node, form, routing, tail.Values, tail.Experts);
    }

    private static (IReadOnlyList<Value> Values, long Experts)? Experts(NodeView node, GroupedMlp form)
    {
        Value[] matrices = [node.Operand(2), node.Operand(4)];
        Value?[] biases = form.Biases ? [node[3], node[5]] : [null, null];
        if (matrices.Any(static m => m.Type is not TensorType { Shape: { Rank: 3, IsStatic: true } }) || biases.Any(static b => b is { Type: not TensorType { Shape: { Rank: 2, IsStatic: true } } }))
        {
            return null;
        }

        long experts = matrices[0].Shape[0].ConstValue!.Value;
        if (!ExpertNodes.AreCounted(node, experts))
        {
            return null;
        }

        List<Value> values = [];
        for (long e = experts - 1; e >= 0; e--)
        {
            for (int m = 0; m < matrices.Length; m++)
            {
                values.Add(node.Emit(new Transpose(ExpertNodes.View(node, matrices[m], e)) { Perm = [1, 0] }));
                if (biases[m] is { } bias)
                {
                    values.Add(ExpertNodes.View(node, bias, e));
                }
            }
        }

        return (values, experts);
    }
}
