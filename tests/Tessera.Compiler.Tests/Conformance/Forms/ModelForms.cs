using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>What whole models are made of: losses, sums of products, attention with a state or with graphs of its own, steps of optimisers.</summary>
internal static class ModelForms
{
    public static IEnumerable<Form> All() => [.. Losses(), .. Sums(), .. States(), .. Flex(), .. Rotaries(), .. Steps()];

    private static readonly (string Name, int[] Scores, int[] Labels)[] s_losses =
        [("NC", [3, 5], [3]), ("NCd1d2", [3, 5, 2, 3], [3, 2, 3]), ("NCd1d2d3", [2, 3, 2, 1, 2], [2, 2, 1, 2])];

    private static IEnumerable<Form> Losses() =>
        from shape in s_losses
        from reduction in new[] { "none", "sum", "mean" }
        from weighs in new[] { false, true }
        from ignored in new long?[] { null, -5 }
        from op in new[] { "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss" }
        select Node(
            $"{op}_{shape.Name}_{reduction}_{weighs}_{ignored}", 13, op,
            [F(shape.Scores), Labels(shape.Labels, shape.Scores[1], ignored), .. weighs ? [Weights(shape.Scores[1])] : Array.Empty<RefValue>()],
            [A("reduction", reduction), .. ignored is { } index ? [A("ignore_index", index)] : Array.Empty<AttributeProto>()],
            outputs: op[0] == 'S' && weighs ? 2 : 1);

    // One label is ignored where one is.
    private static RefTensor Labels(int[] dims, int classes, long? ignored)
    {
        int count = dims.Aggregate(1, static (a, b) => a * b);
        return RefTensor.Ints(DType.I64, [.. dims.Select(static d => (long)d)], [.. Enumerable.Range(0, count).Select(i => i == 1 && ignored is { } label ? label : i * 7L % classes)]);
    }

    private static RefTensor Weights(int classes) => V([.. Enumerable.Range(1, classes).Select(static i => i / 4.0)]);

    private static IEnumerable<Form> Sums() =>
        from form in new (string Name, string Equation, RefTensor[] Operands)[]
        {
            ("sum", "ij->i", [F(3, 4)]),
            ("transpose", "ij->ji", [F(3, 4)]),
            ("inner", "i,i", [F(5), F(5)]),
            ("batch_diagonal", "...ii ->...i", [F(3, 5, 5)]),
            ("trace", "ii", [F(4, 4)]),
            ("scalar", "->", [Of(DType.F32)]),
            ("ellipsis", "...ij,...jk->...ik", [F(2, 3, 4), F(4, 5)]),
            ("three", "ij,jk,kl->il", [F(2, 3), F(3, 4), F(4, 2)]),
            ("f64", "bij, bjk -> bik", [Of(DType.F64, 5, 2, 3), Of(DType.F64, 5, 3, 4)]),
        }
        select Node($"einsum_{form.Name}", 12, "Einsum", [.. form.Operands], [A("equation", form.Equation)]);

    private static IEnumerable<Form> States() =>
    [
        .. from rule in new[] { "linear", "gated", "delta", "gated_delta" }
           from heads in new[] { 2, 4 }
           from past in new[] { false, true }
           from steps in new[] { 1, 5 }
           select Node(
               $"linear_attention_{rule}_{heads}_{past}_{steps}", 27, "LinearAttention",
               [F(2, steps, heads * 3), F(2, steps, 6), F(2, steps, 8), past ? F(2, 2, 3, 4) : null, rule.StartsWith('g') ? F(2, steps, 2) : null, rule.EndsWith('a') ? F(2, steps, 2) : null],
               [A("q_num_heads", heads), A("kv_num_heads", 2), A("update_rule", rule)], outputs: 2),
        Node("linear_attention_per_key", 27, "LinearAttention", [F(1, 3, 6), F(1, 3, 6), F(1, 3, 8), null, F(1, 3, 6), F(1, 3, 1)], [A("q_num_heads", 2), A("kv_num_heads", 2), A("scale", .5)], outputs: 2),
        .. from activation in new[] { "none", "silu", "swish" }
           from past in new[] { false, true }
           from bias in new[] { false, true }
           from length in new[] { 1, 5 }
           select Node(
               $"causal_conv_{activation}_{past}_{bias}_{length}", 27, "CausalConvWithState",
               [F(2, 3, length), F(3, 1, 4), bias ? F(3) : null, past ? F(2, 3, 3) : null],
               [A("activation", activation)], outputs: 2),
    ];

    private static IEnumerable<Form> Flex() =>
    [
        .. from dtype in new[] { DType.F32, DType.F16, DType.F64 }
           from form in new (string Name, int Heads, int Value, AttributeProto[] Attributes)[]
           {
               ("plain", 2, 4, []),
               ("scaled", 2, 4, [A("scale", .25)]),
               ("sizes", 2, 6, []),
               ("gqa", 4, 4, []),
               ("prob_mod", 2, 4, [A("prob_mod", Squared(DType.F32))]),
               ("both_mods", 4, 4, [A("score_mod", Squared(DType.F32)), A("prob_mod", Squared(DType.F32))]),
           }
           select Node($"flex_{form.Name}_{dtype}", 26, "FlexAttention", [Of(dtype, 1, form.Heads, 3, 4), Of(dtype, 1, 2, 5, 4), Of(dtype, 1, 2, 5, form.Value)], form.Attributes, domain: "ai.onnx.preview"),
    ];

    // x · x
    private static GraphProto Squared(DType dtype)
    {
        TypeProto type = new() { TensorType = new TypeProto.Types.Tensor { ElemType = (int)dtype } };
        return new GraphProto
        {
            Name = "squared",
            Input = { new ValueInfoProto { Name = "in", Type = type } },
            Node = { new NodeProto { OpType = "Mul", Input = { "in", "in" }, Output = { "out" } } },
            Output = { new ValueInfoProto { Name = "out", Type = type } },
        };
    }

    private static IEnumerable<Form> Rotaries() =>
        from interleaved in new[] { 0, 1 }
        from part in new[] { 0, 4 }
        from positions in new[] { false, true }
        from rank in new[] { 3, 4 }
        select Node(
            $"rotary_{interleaved}_{part}_{positions}_{rank}", 23, "RotaryEmbedding",
            [
                rank == 4 ? F(2, 4, 3, 8) : F(2, 3, 32),
                positions ? F(50, part == 0 ? 4 : 2) : F(2, 3, part == 0 ? 4 : 2),
                positions ? F(50, part == 0 ? 4 : 2) : F(2, 3, part == 0 ? 4 : 2),
                positions ? T(DType.I64, [2, 3], 0, 5, 9, 49, 1, 2) : null,
            ],
            [A("interleaved", interleaved), A("rotary_embedding_dim", part), .. rank == 3 ? [A("num_heads", 4)] : Array.Empty<AttributeProto>()]);

    private static IEnumerable<Form> Steps() =>
    [
        // One step of Nesterov's: v' = .9 v + g, x' = x − .1 (g + .9 v').
        Node(
            "nesterov", 18, "Momentum", [T(DType.F32, [], .1), T(DType.I64, [], 1), V(1.2, 2.8), V(-.5, -2), V(2, 1)],
            [A("alpha", .9), A("beta", 1.0), A("mode", "nesterov"), A("norm_coefficient", 0.0)], outputs: 2,
            expected: [V(1.2 - (.1 * (-.5 + (.9 * 1.3))), 2.8 - (.1 * (-2 + (.9 * -1.1)))), V(1.3, -1.1)], domain: "ai.onnx.preview.training"),
    ];
}
