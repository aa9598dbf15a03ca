using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Attention of decoders that are given the keys and values of tokens before.</summary>
internal static class DecoderModels
{
    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("Llama with a past", Llama),
        ("Whisper cross-attention with a cache", Whisper),
        ("BLOOM", Bloom),
        ("Mistral with a window", Mistral),
    ];

    private static (ExportedModel M, string X, string Keys, string Values) Start(long heads, long size)
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "seq", 8);
        return (m, x, m.Input("past_key", DType.F32, "batch", heads, "past", size), m.Input("past_value", DType.F32, "batch", heads, "past", size));
    }

    private static string After(ExportedModel m, string past, string now)
    {
        string all = m.Node("Concat", [past, now], ExportedModel.Int("axis", 2));
        m.Output(all);
        return all;
    }

    // Positions counted from the end of the past, compared with those of all keys; padding among them; key heads repeated.
    private static ExportedModel Llama()
    {
        (ExportedModel m, string x, string keys, string values) = Start(2, 2);
        string q = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x, 4, 2);
        string k = After(m, keys, AttentionModels.Heads(m, AttentionModels.Linear(m, x, 4), x, 2, 2));
        string v = After(m, values, AttentionModels.Heads(m, AttentionModels.Linear(m, x, 4), x, 2, 2));
        string past = m.Scalar(keys, 2);
        string total = m.Node("Add", [past, m.Scalar(x, 1)]);
        string at = m.Node("Reshape", [m.Node("Range", [past, total, m.Long(1)]), m.Longs(-1, 1)]);
        string ahead = m.Node("Greater", [m.Node("Range", [m.Long(0), total, m.Long(1)]), at]);
        string causal = m.Node("Mul", [m.Node("Cast", [ahead], ExportedModel.Int("to", 1)), m.Float(float.MinValue)]);
        string four = m.Node("Unsqueeze", [causal, m.Longs(0, 1)]);
        string logits = m.Node("Mul", [m.MatMul(q, m.Transpose(AttentionModels.Repeated(m, k), 0, 1, 3, 2)), m.Float(0.70710677f)]);
        return AttentionModels.End(m, m.MatMul(m.Softmax(m.Node("Add", [logits, four])), AttentionModels.Repeated(m, v)));
    }

    // Keys and values come as they are kept, heads in front.
    private static ExportedModel Whisper()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "seq", 8);
        string k = m.Input("cross_key", DType.F32, "batch", 2, "source", 4);
        string v = m.Input("cross_value", DType.F32, "batch", 2, "source", 4);
        string q = AttentionModels.Heads(m, m.Node("Mul", [AttentionModels.Linear(m, x), m.Float(0.5f)]), x);
        return AttentionModels.End(m, m.MatMul(m.Softmax(m.MatMul(q, m.Transpose(k, 0, 1, 3, 2))), v));
    }

    // A slope for each head, added by key, heads in the batch axis.
    private static ExportedModel Bloom()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "seq", 8);
        (string batch, string n) = (m.Size(x, 0), m.Size(x, 1));
        string rows = m.Node("Mul", [batch, m.Longs(2)]);
        string Rows(string part) => m.Reshape(AttentionModels.Heads(m, part, x), rows, n, m.Longs(4));
        (string q, string k, string v) = (Rows(AttentionModels.Linear(m, x)), Rows(AttentionModels.Linear(m, x)), Rows(AttentionModels.Linear(m, x)));
        string at = m.Node("Cast", [m.Node("Unsqueeze", [m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]), m.Longs(0, 1)])], ExportedModel.Int("to", 1));
        string alibi = m.Node("Mul", [m.Weight(1, 2, 1), at]);
        string each = m.Node("Expand", [m.Node("Unsqueeze", [alibi, m.Longs(2)]), m.Node("Concat", [batch, m.Longs(1, 1, 1)], ExportedModel.Int("axis", 0))]);
        string logits = m.Node("Add", [m.Reshape(each, rows, m.Longs(1), n), m.Node("Mul", [m.MatMul(q, m.Transpose(k, 0, 2, 1)), m.Float(0.5f)])]);
        string four = m.Reshape(logits, batch, m.Longs(2), n, n);
        string ahead = m.Node("Greater", [at, m.Transpose(at, 0, 2, 1)]);
        string masked = m.Node("Where", [m.Node("Unsqueeze", [ahead, m.Longs(1)]), m.Float(float.MinValue), four]);
        string weights = m.Reshape(m.Softmax(masked), rows, n, n);
        return AttentionModels.End(m, m.Reshape(m.MatMul(weights, v), batch, m.Longs(2), n, m.Longs(4)));
    }

    // Keys ahead and keys too far behind, each told by a comparison of its own.
    private static ExportedModel Mistral()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "seq", 8);
        string q = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x, 4, 2);
        string k = AttentionModels.Repeated(m, AttentionModels.Heads(m, AttentionModels.Linear(m, x, 4), x, 2, 2));
        string v = AttentionModels.Repeated(m, AttentionModels.Heads(m, AttentionModels.Linear(m, x, 4), x, 2, 2));
        string keys = m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]);
        string queries = m.Node("Reshape", [keys, m.Longs(-1, 1)]);
        string ahead = m.Node("Greater", [keys, queries]);
        string behind = m.Node("LessOrEqual", [keys, m.Node("Sub", [queries, m.Long(3)])]);
        string hidden = m.Node("Where", [m.Node("Or", [ahead, behind]), m.Float(float.MinValue), m.Float(0)]);
        string logits = m.Node("Mul", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(0.70710677f)]);
        return AttentionModels.End(m, m.MatMul(m.Softmax(m.Node("Add", [logits, m.Node("Unsqueeze", [hidden, m.Longs(0, 1)])])), v));
    }
}
