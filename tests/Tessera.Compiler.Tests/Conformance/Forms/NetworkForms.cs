using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>Norms, losses, recurrent networks, attention, quantisation and casts.</summary>
internal static class NetworkForms
{
    public static IEnumerable<Form> All() => [.. Norms(), .. Losses(), .. Recurrent(), .. Attention(), .. Rotary(), .. Quantised(), .. Small(), .. Casts()];

    private static IEnumerable<Form> Norms() =>
    [
        Node("batchnorm", 15, "BatchNormalization", [F(2, 3, 4, 5), F(3), F(3), F(3), V(1, 2, .5)]),
        Node("batchnorm_9", 9, "BatchNormalization", [F(2, 3, 4), F(3), F(3), F(3), V(1, 2, .5)], [A("epsilon", 0.01f)]),
        Node("batchnorm_7", 7, "BatchNormalization", [F(2, 3, 4), F(3), F(3), F(3), V(1, 2, .5)], [A("spatial", 1)]),
        Node("batchnorm_training", 15, "BatchNormalization", [F(2, 3, 4, 5), F(3), F(3), F(3), V(1, 2, .5)], [A("training_mode", 1)], outputs: 3),
        Node("batchnorm_training_epsilon", 15, "BatchNormalization", [F(2, 3, 4, 5), F(3), F(3), F(3), V(1, 2, .5)], [A("training_mode", 1), A("epsilon", 0.01f), A("momentum", 0.5f)], outputs: 3),
        Node("instancenorm", 22, "InstanceNormalization", [F(2, 3, 4, 5), F(3), F(3)], [A("epsilon", 0.01f)]),
        .. from version in new[] { 18, 21 } select Node($"groupnorm_{version}", version, "GroupNormalization", [F(3, 4, 2, 2), F(version == 18 ? 2 : 4), F(version == 18 ? 2 : 4)], [A("num_groups", 2)]),
        .. from axis in new[] { 0, 1, 2, 3, -1, -2, -3, -4 } select Node($"layernorm_{axis}", 17, "LayerNormalization", [F(2, 3, 4, 5), F(Tail(axis)), F(Tail(axis))], [A("axis", axis)], outputs: 3),
        Node("layernorm_statistics", 17, "LayerNormalization", [F(2, 3, 4), F(4), F(4)], outputs: 3),
        Node("layernorm_no_bias", 17, "LayerNormalization", [F(2, 3, 4), F(4)]),
        Node("layernorm_f16", 17, "LayerNormalization", [Of(DType.F16, 2, 3, 4), Of(DType.F16, 4), Of(DType.F16, 4)]),
        .. from axis in new[] { 0, 1, 2, 3, -1, -2, -3, -4 } select Node($"rmsnorm_{axis}", 23, "RMSNormalization", [F(2, 3, 4, 5), F(Tail(axis))], [A("axis", axis)]),
        .. from p in new[] { 1, 2 } from axis in new[] { 0, 1, -1 } select Node($"lpnorm_{p}_{axis}", 22, "LpNormalization", [F(3, 4)], [A("p", p), A("axis", axis)]),
        Node("lpnorm_zero", 22, "LpNormalization", [T(DType.F32, [2, 2], 0, 0, 1, 1)], [A("p", 1), A("axis", 1)]),
        Node("mvn", 13, "MeanVarianceNormalization", [F(3, 3, 3, 1)]),
        Node("mvn_axes", 9, "MeanVarianceNormalization", [F(3, 3, 3)], [A("axes", new[] { 0, 1 })]),
        Node("lrn", 13, "LRN", [F(2, 5, 3, 3)], [A("size", 3), A("alpha", 0.0002f), A("beta", 0.5f), A("bias", 2.0f)]),
    ];

    private static int[] Tail(int axis) => new[] { 2, 3, 4, 5 }[(axis < 0 ? axis + 4 : axis)..];

    private static IEnumerable<Form> Losses() =>
    [
        .. from reduction in new[] { "none", "sum", "mean" }
           from weighted in new[] { false, true }
           from ignored in new[] { null, (int?)2, -1 }
           from extra in new[] { Array.Empty<int>(), [2], [2, 2] }
           from op in new[] { ("NegativeLogLikelihoodLoss", 22), ("SoftmaxCrossEntropyLoss", 13) }
           select Node(
               $"{op.Item1}_{reduction}_{weighted}_{ignored}_{extra.Length}", op.Item2, op.Item1,
               [F([3, 5, .. extra]), Target([3, .. extra], ignored), .. weighted ? [V(.9, .7, .8, .9, .5)] : Array.Empty<RefValue?>()],
               [A("reduction", reduction), .. ignored is { } i ? [A("ignore_index", i)] : Array.Empty<AttributeProto>()],
               outputs: op.Item1[0] == 'S' ? 2 : 1),
    ];

    private static RefTensor Target(int[] dims, int? ignored)
    {
        int count = dims.Aggregate(1, static (a, b) => a * b);
        return T(DType.I64, dims, [.. Enumerable.Range(0, count).Select(i => i == 0 && ignored is { } v ? v : (double)((i * 2) % 5))]);
    }

    private static IEnumerable<Form> Recurrent()
    {
        List<Form> forms = [];
        foreach ((string op, int gates, int states) in new[] { ("RNN", 1, 1), ("GRU", 3, 1), ("LSTM", 4, 2) })
        {
            foreach (string direction in new[] { "forward", "reverse", "bidirectional" })
            {
                int d = direction == "bidirectional" ? 2 : 1;
                RefTensor x = F(3, 2, 4), w = F(d, gates * 5, 4), r = F(d, gates * 5, 5), b = F(d, 2 * gates * 5);
                AttributeProto[] attributes = [A("hidden_size", 5), A("direction", direction)];
                forms.Add(Node($"{op}_{direction}", 22, op, [x, w, r], attributes, outputs: 1 + states));
                forms.Add(Node($"{op}_{direction}_bias", 14, op, [x, w, r, b], attributes, outputs: 1 + states));
                forms.Add(Node($"{op}_{direction}_lengths", 14, op, [x, w, r, b, T(DType.I32, [2], 3, 1)], attributes, outputs: 1 + states));
                forms.Add(Node($"{op}_{direction}_initial", 7, op, [x, w, r, b, null, .. Enumerable.Range(0, states).Select(_ => F(d, 2, 5))], attributes, outputs: 1 + states));
                forms.Add(Node($"{op}_{direction}_clip", 7, op, [x, w, r, b], [.. attributes, A("clip", 0.5f)], outputs: 1 + states));
            }

            RefTensor first = F(2, 1, 4);
            forms.Add(Node($"{op}_batchwise", 22, op, [first, F(1, gates * 5, 4), F(1, gates * 5, 5)], [A("hidden_size", 5), A("layout", 1)], outputs: 1 + states, expected: Swapped(op, gates, states)));
            forms.Add(Node($"{op}_last_only", 22, op, [F(3, 2, 4), F(1, gates * 5, 4), F(1, gates * 5, 5)], [A("hidden_size", 5)], outputs: 1));
            foreach (string activation in new[] { "Relu", "LeakyRelu", "ThresholdedRelu", "ScaledTanh", "HardSigmoid", "Elu", "Softsign", "Affine", "Tanh", "Sigmoid" })
            {
                string[] all = [.. Enumerable.Repeat(activation, op == "RNN" ? 1 : op == "GRU" ? 2 : 3)];
                forms.Add(Node($"{op}_{activation}", 14, op, [F(3, 2, 4), F(1, gates * 5, 4), F(1, gates * 5, 5)], [A("hidden_size", 5), A("activations", all),
                    A("activation_alpha", all.Select(static _ => 0.3).ToArray()), A("activation_beta", all.Select(static _ => 0.4).ToArray())], outputs: 1 + states));
            }
        }

        forms.Add(Node("gru_linear_before_reset", 14, "GRU", [F(3, 2, 4), F(1, 15, 4), F(1, 15, 5), F(1, 30)], [A("hidden_size", 5), A("linear_before_reset", 1)], outputs: 2));
        forms.Add(Node("lstm_peepholes", 22, "LSTM", [F(1, 2, 4), F(1, 12, 4), F(1, 12, 3), F(1, 24), T(DType.I32, [2], 1, 1), F(1, 2, 3), F(1, 2, 3), F(1, 9)], [A("hidden_size", 3)], outputs: 3));
        forms.Add(Node("lstm_input_forget", 14, "LSTM", [F(3, 2, 4), F(1, 12, 4), F(1, 12, 3)], [A("hidden_size", 3), A("input_forget", 1)], outputs: 3));
        return forms;
    }

    // ONNX Runtime has no layout 1: of one step, the same without the layout and with the first axes swapped.
    private static RefValue[] Swapped(string op, int gates, int states)
    {
        Form timed = Node("time first", 22, op, [F(2, 1, 4).Reshaped([1, 2, 4]), F(1, gates * 5, 4), F(1, gates * 5, 5)], [A("hidden_size", 5)], outputs: 1 + states);
        using Verify.OrtRun run = new(Google.Protobuf.MessageExtensions.ToByteArray(timed.Model));
        IReadOnlyList<RefValue> results = run.Run(timed.Inputs);
        return [((RefTensor)results[0]).Reshaped([2, 1, 1, 5]), .. results.Skip(1).Select(static s => ((RefTensor)s).Reshaped([2, 1, 5]))];
    }

    private static IEnumerable<Form> Attention()
    {
        RefTensor q = F(2, 3, 4, 8), k = F(2, 3, 6, 8), v = F(2, 3, 6, 8);
        RefTensor q9 = F(2, 9, 4, 8);
        RefTensor q3 = F(2, 4, 24), k3 = F(2, 6, 24), v3 = F(2, 6, 24);
        AttributeProto[] heads = [A("q_num_heads", 3), A("kv_num_heads", 3)];
        List<Form> forms = [];
        foreach (int version in new[] { 23, 24 })
        {
            forms.AddRange(
            [
                Node($"attention_{version}", version, "Attention", [q, k, v]),
                Node($"attention_{version}_scaled", version, "Attention", [q, k, v], [A("scale", 0.01f)]),
                Node($"attention_{version}_softcap", version, "Attention", [q, k, v], [A("softcap", 2.0f)]),
                Node($"attention_{version}_causal", version, "Attention", [q, k, v], [A("is_causal", 1)]),
                .. from dims in new[] { new[] { 4, 6 }, [2, 1, 4, 6], [2, 3, 4, 6], [1, 4, 6] } select Node($"attention_{version}_mask_{string.Join("x", dims)}", version, "Attention", [q, k, v, F(dims)]),
                .. from dims in new[] { new[] { 4, 6 }, [2, 1, 4, 6], [2, 3, 4, 6] } select Node($"attention_{version}_bool_mask_{string.Join("x", dims)}", version, "Attention", [q, k, v, Of(DType.Bool, dims)]),
                .. from dims in new[] { new[] { 4, 6 }, [2, 3, 4, 6] } select Node($"attention_{version}_mask_causal_{dims.Length}", version, "Attention", [q, k, v, F(dims)], [A("is_causal", 1)]),
                Node($"attention_{version}_gqa", version, "Attention", [q9, k, v]),
                Node($"attention_{version}_gqa_causal", version, "Attention", [q9, k, v], [A("is_causal", 1)]),
                Node($"attention_{version}_gqa_mask", version, "Attention", [q9, k, v, F(4, 6)]),
                Node($"attention_{version}_gqa_softcap", version, "Attention", [q9, k, v], [A("softcap", 2.0f)]),
                Node($"attention_{version}_past", version, "Attention", [q, k, v, F(4, 18), F(2, 3, 12, 8), F(2, 3, 12, 8)], [], outputs: 3),
                Node($"attention_{version}_past_causal", version, "Attention", [q, k, v, null, F(2, 3, 12, 8), F(2, 3, 12, 8)], [A("is_causal", 1)], outputs: 3),
                Node($"attention_{version}_v_size", version, "Attention", [q, k, F(2, 3, 6, 10)]),
                Node($"attention_{version}_3d", version, "Attention", [q3, k3, v3], heads),
                Node($"attention_{version}_3d_causal", version, "Attention", [q3, k3, v3], [.. heads, A("is_causal", 1)]),
                Node($"attention_{version}_3d_mask", version, "Attention", [q3, k3, v3, F(4, 6)], heads),
                Node($"attention_{version}_3d_scaled", version, "Attention", [q3, k3, v3], [.. heads, A("scale", 0.01f)]),
                Node($"attention_{version}_3d_sizes", version, "Attention", [q3, k3, F(2, 6, 30)], heads),
                Node($"attention_{version}_3d_sizes_mask", version, "Attention", [q3, k3, F(2, 6, 30), F(4, 6)], heads),
                Node($"attention_{version}_3d_gqa", version, "Attention", [F(2, 4, 72), k3, v3], [A("q_num_heads", 9), A("kv_num_heads", 3)]),
                Node($"attention_{version}_3d_past", version, "Attention", [q3, k3, v3, F(4, 18), F(2, 3, 12, 8), F(2, 3, 12, 8)], heads, outputs: 3),
                .. from mode in new[] { 0, 1, 2, 3 } select Node($"attention_{version}_qk_{mode}", version, "Attention", [q, k, v], [A("qk_matmul_output_mode", mode)], outputs: 4).Without(1, 2),
                .. from mode in new[] { 0, 1, 2, 3 } select Node($"attention_{version}_qk_mask_softcap_{mode}", version, "Attention", [q, k, v, F(4, 6)], [A("qk_matmul_output_mode", mode), A("softcap", 2.0f)], outputs: 4).Without(1, 2),
                .. from mode in new[] { 0, 1, 2, 3 } select Node($"attention_{version}_3d_past_qk_{mode}", version, "Attention", [q3, k3, v3, F(4, 18), F(2, 3, 12, 8), F(2, 3, 12, 8)], [.. heads, A("qk_matmul_output_mode", mode)], outputs: 4),
                Node($"attention_{version}_f16", version, "Attention", [Of(DType.F16, 2, 3, 4, 8), Of(DType.F16, 2, 3, 6, 8), Of(DType.F16, 2, 3, 6, 8)]),
                Node($"attention_{version}_precision", version, "Attention", [Of(DType.F16, 2, 3, 4, 8), Of(DType.F16, 2, 3, 6, 8), Of(DType.F16, 2, 3, 6, 8)], [A("softmax_precision", 1)]),
            ]);
        }

        RefTensor past = F(2, 3, 12, 8);
        forms.Add(Node("attention_past_scaled", 24, "Attention", [q, k, v, F(4, 18), past, past], [A("scale", 0.01f)], outputs: 3));
        forms.AddRange(from mode in new[] { 0, 1, 3 } select Node($"attention_past_causal_qk_{mode}", 24, "Attention", [q, k, v, null, past, past], [A("is_causal", 1), A("qk_matmul_output_mode", mode)], outputs: 4));
        forms.Add(Node("attention_lengths", 24, "Attention", [q, k, v, null, null, null, I(3, 6)]));
        forms.Add(Node("attention_lengths_mask", 24, "Attention", [q, k, v, F(4, 4), null, null, I(3, 4)]));
        return forms;
    }

    private static Form Without(this Form form, params int[] outputs)
    {
        foreach (int output in outputs.OrderDescending())
        {
            form.Model.Graph.Node[0].Output[output] = "";
            form.Model.Graph.Output.RemoveAt(output);
        }

        return form;
    }

    private static IEnumerable<Form> Rotary() =>
    [
        .. from interleaved in new[] { 0, 1 }
           from dim in new[] { 0, 4 }
           from positions in new[] { true, false }
           from rank in new[] { 3, 4 }
           let half = (dim == 0 ? 8 : dim) / 2
           select Node(
               $"rotary_{interleaved}_{dim}_{positions}_{rank}", 23, "RotaryEmbedding",
               [rank == 4 ? F(2, 4, 3, 8) : F(2, 3, 32), positions ? F(50, half) : F(2, 3, half), positions ? F(50, half) : F(2, 3, half), .. positions ? [T(DType.I64, [2, 3], 0, 1, 2, 7, 3, 49)] : Array.Empty<RefValue?>()],
               [A("interleaved", interleaved), .. dim > 0 ? [A("rotary_embedding_dim", dim)] : Array.Empty<AttributeProto>(), .. rank == 3 || dim > 0 ? [A("num_heads", 4)] : Array.Empty<AttributeProto>()]),
    ];

    private static IEnumerable<Form> Quantised() =>
    [
        Node("quantize", 25, "QuantizeLinear", [V(0, 2, 3, 1000, -254, -1000), T(DType.F32, [], 2), T(DType.U8, [], 128)]),
        Node("quantize_int16", 25, "QuantizeLinear", [V(0, -514, 3, -3, 2.9, -2.9, 3.1, -3.1, 65022, -66046), T(DType.F32, [], 2), T(DType.I16, [], 256)]),
        Node("quantize_no_zero", 13, "QuantizeLinear", [V(0, 2, 3, 1000, -254), T(DType.F32, [], 2)]),
        Node("quantize_axis_default", 13, "QuantizeLinear", [F(2, 3, 4), V(1, .5, .25), T(DType.I8, [3], 0, 1, 2)]),
        Node("quantize_output_dtype", 21, "QuantizeLinear", [V(0, 2, 3, 1000, -254), T(DType.F32, [], 2)], [A("output_dtype", (int)DType.I8)]),
        Node("quantize_blocked_asymmetric", 21, "QuantizeLinear", [T(DType.F32, [3, 4], 6, 12, 50, 5, 50, 10, 1, 9, 20, 3, 9, 15), T(DType.F32, [3, 2], 1.5, 2.5, 3, 4.9, 5.1, 6.9), T(DType.U8, [3, 2], 0, 1, 1, 0, 2, 3)], [A("axis", 1), A("block_size", 2)]),
        Node("quantize_blocked_symmetric", 21, "QuantizeLinear", [T(DType.F32, [3, 4], 6, -8, -10, 5, 1, 8, 4, 5, 0, 20, 10, 4), T(DType.F32, [3, 2], 1.5, 2.5, 3, 4.9, 5.1, 6.9)], [A("axis", 1), A("block_size", 2), A("output_dtype", (int)DType.I16)]),
        Node("dequantize_axis", 13, "DequantizeLinear", [Of(DType.U8, 1, 3, 3, 2), V(2, 4, 5), T(DType.U8, [3], 84, 24, 196)]),
        Node("dequantize_uint16", 21, "DequantizeLinear", [T(DType.U16, [4], 30000, 31000, 32768, 33000), T(DType.F32, [], 2), T(DType.U16, [], 32767)]),
        Node("dequantize_int16", 21, "DequantizeLinear", [T(DType.I16, [4], -300, -30, -1025, 1270), T(DType.F32, [], 2), T(DType.I16, [], -1024)]),
        Node("dequantize_int32", 10, "DequantizeLinear", [T(DType.I32, [3], -3, 0, 9), T(DType.F32, [], 2)]),
        Node("dequantize_blocked", 21, "DequantizeLinear", [Of(DType.U8, 1, 4, 3, 2), F(1, 2, 3, 2), Of(DType.U8, 1, 2, 3, 2)], [A("axis", 1), A("block_size", 2)]),
        Node("dynamicquantize_min", 11, "DynamicQuantizeLinear", [T(DType.F32, [3, 4], 1, 2.1, 1.3, 2.5, 3.34, 4, 1.5, 2.6, 3.9, 4, 3, 2.345)], [], outputs: 3),
        .. from type in new[] { DType.U8, DType.I8 }
           from scales in new[] { DType.F32 }
           select Node($"qlinearmatmul_{type}", 10, "QLinearMatMul", [Of(type, 2, 4), T(scales, [1], 0.0066), T(type, [1], 113), Of(type, 4, 3), T(scales, [1], 0.00705), T(type, [1], 114), T(scales, [1], 0.0107), T(type, [1], 118)]),
        Node("qlinearmatmul_f16", 21, "QLinearMatMul", [Of(DType.I8, 2, 2, 4), T(DType.F16, [1], 0.0066), T(DType.I8, [1], -14), Of(DType.I8, 2, 4, 3), T(DType.F16, [1], 0.00705), T(DType.I8, [1], -13), T(DType.F16, [1], 0.0107), T(DType.I8, [1], -9)]),
    ];

    // Floats of 8 and 4 bits and integers of 4 and 2.
    private static IEnumerable<Form> Small()
    {
        DType[] floats = [DType.F8E4M3FN, DType.F8E4M3FNUZ, DType.F8E5M2, DType.F8E5M2FNUZ];
        (DType Type, double[] Values)[] integers = [(DType.U4, [0, 1, 7, 15]), (DType.I4, [-8, -1, 0, 7]), (DType.U2, [0, 1, 2, 3]), (DType.I2, [-2, -1, 0, 1])];
        double[] numbers = [0, 0.3, -0.4, 1.5, -3.3, 7.4, 300, -1000, 1e6];
        return
        [
            .. from t in floats from s in new[] { DType.F32, DType.F16 } from saturate in new[] { 0, 1 }
               select Node($"cast_{s}_{t}_{saturate}", 21, "Cast", [T(s, [8], numbers[..8])], [A("to", (int)t), A("saturate", saturate)]),
            .. from t in floats from s in new[] { DType.F32, DType.F16 } select Node($"cast_{t}_{s}", 21, "Cast", [Of(t, 7)], [A("to", (int)s)]),
            .. from t in integers from s in new[] { DType.F32, DType.F16, DType.I8, DType.U8 } where s != DType.U8 || t.Type is DType.U4 or DType.U2 select Node($"cast_{t.Type}_{s}", 25, "Cast", [T(t.Type, [4], t.Values)], [A("to", (int)s)]),
            .. from t in integers from s in new[] { DType.F32, DType.F16, DType.I8 } where s != DType.I8 || t.Type is DType.I4 or DType.I2 select Node($"cast_{s}_{t.Type}", 25, "Cast", [T(s, [4], t.Values)], [A("to", (int)t.Type)]),
            .. from s in new[] { DType.F32, DType.F16 } select Node($"cast_{s}_f4", 23, "Cast", [T(s, [6], 0, 0.3, 1.4, -2.6, 5.5, -6)], [A("to", (int)DType.F4E2M1)]),
            .. from mode in new[] { "up", "down", "nearest" } select Node($"cast_e8m0_{mode}", 25, "Cast", [V(1, 1.4, 1.6, 3, 1000, 0.3)], [A("to", (int)DType.F8E8M0), A("round_mode", mode)]),
            .. from t in floats select Node($"quantize_{t}", 21, "QuantizeLinear", [V(0, 1, 2, 100000, 200, -9), T(DType.F32, [], 2), T(t, [], 0)]),
            .. from t in floats select Node($"dequantize_{t}", 21, "DequantizeLinear", [Of(t, 5), T(DType.F32, [], 2)]),
            .. from t in integers select Node($"quantize_{t.Type}", 25, "QuantizeLinear", [T(DType.F32, [3, 4], 0, 2.5, 4.8, 8.6, -30, -20, 6, 9, -4, -1, 0.4, 1.6), V(2, 3, 4), T(t.Type, [3], t.Values[1], t.Values[2], 0)], [A("axis", 0)]),
            .. from t in integers select Node($"dequantize_{t.Type}", 25, "DequantizeLinear", [T(t.Type, [4], t.Values), T(DType.F32, [], 2), T(t.Type, [], 1)], [A("axis", 0)]),
            Node("quantize_f4", 23, "QuantizeLinear", [T(DType.F32, [3, 4], 0, 2.5, 4.8, 8.6, -30, -20, 6, 9, -4, -1, 0.4, 1.6), V(2, 3, 4), T(DType.F4E2M1, [3], 0, 0, 0)], [A("axis", 0)]),
            Node("dequantize_f4", 23, "DequantizeLinear", [T(DType.F4E2M1, [5], 0, 1, -1, 1.5, -4), T(DType.F32, [], 2), T(DType.F4E2M1, [], 0)]),
        ];
    }

    private static IEnumerable<Form> Casts()
    {
        DType[] plain = [DType.F32, DType.F64, DType.F16, DType.BF16, DType.I8, DType.I16, DType.I32, DType.I64, DType.U8, DType.U16, DType.U32, DType.U64, DType.Bool];
        return
        [
            .. from a in plain from b in plain where a != b select Node($"cast_{a}_{b}", 21, "Cast", [a is DType.F32 or DType.F64 or DType.F16 or DType.BF16 ? T(a, [4], 0, 1.5, 2.75, 100) : Of(a, 4)], [A("to", (int)b)]),
            .. from b in new[] { DType.F32, DType.F64, DType.I32, DType.I64 } select Node($"cast_string_{b}", 21, "Cast", [Str([4], "1", "-2", "30", "4")], [A("to", (int)b)]),
            Node("cast_string_special", 21, "Cast", [Str([8], "0.47892547", "0.48033667", "0.49968487", "NaN", "INF", "+INF", "-INF", "1e-3")], [A("to", (int)DType.F32)]),
            .. from a in new[] { DType.I32, DType.I64, DType.U8, DType.Bool } select Node($"cast_{a}_string", 21, "Cast", [Of(a, 4)], [A("to", (int)DType.String)]),
            Node("cast_f32_string", 21, "Cast", [V(0.47892547, 0.48033667, double.NaN, double.PositiveInfinity, double.NegativeInfinity)], [A("to", (int)DType.String)],
                expected: [Str([5], "0.47892547", "0.48033667", "nan", "inf", "-inf")]),
            Node("castlike_f32_string", 21, "CastLike", [V(0.47892547, 0.48033667), Str([1], "")]),
            Node("castlike_string_f32", 21, "CastLike", [Str([2], "0.47892547", "1"), V(0)]),
            Node("castlike_f32_bool", 15, "CastLike", [V(0, 1), T(DType.Bool, [1], 0)]),
        ];
    }
}
