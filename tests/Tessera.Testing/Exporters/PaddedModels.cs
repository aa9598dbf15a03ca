using Tessera.Ir;

namespace Tessera.Testing.Exporters;

/// <summary>Padded encoders as torch's exporter writes them: sizes from Shape nodes, masks in their usual forms.</summary>
public static class PaddedModels
{
    /// <summary>Ids, token types and a mask; positions from a table; additive mask of the least number; a pooler on token 0.</summary>
    /// <param name="size">How large; <see cref="EncoderSize.Tiny"/> where it is not said.</param>
    /// <param name="weights">As <see cref="ExportedModel.Weights"/>.</param>
    public static ExportedModel Bert(EncoderSize? size = null, Func<int, int, float[]>? weights = null)
    {
        EncoderSize s = size ?? EncoderSize.Tiny;
        ExportedModel m = weights is null ? new(17) : new(17) { Weights = weights };
        string ids = m.Input("input_ids", DType.I64, "batch", "sequence");
        string mask = m.Input("attention_mask", DType.I64, "batch", "sequence");
        string types = m.Input("token_type_ids", DType.I64, "batch", "sequence");
        string positions = m.Node("Slice", [m.Constant([1, s.Positions], [.. Enumerable.Range(0, s.Positions).Select(static i => (long)i)]), m.Longs(0), m.Size(ids, 1), m.Longs(1), m.Longs(1)]);
        string words = m.Node("Gather", [m.Weight(s.Words, s.Width), ids]);
        string sum = m.Node("Add", [m.Node("Add", [words, m.Node("Gather", [m.Weight(2, s.Width), types])]), m.Node("Gather", [m.Weight(s.Positions, s.Width), positions])]);
        string x = Norm(m, sum, s.Width);
        string flags = m.Cast(m.Node("Unsqueeze", [m.Node("Unsqueeze", [mask, m.Longs(1)]), m.Longs(2)]), DType.F32);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), flags]), m.Float(float.MinValue)]);
        for (int layer = 0; layer < s.Layers; layer++)
        {
            x = Layer(m, x, logits => m.Node("Add", [logits, added]), size: s);
        }

        m.Output(x, "last_hidden_state");
        string first = m.Node("Gather", [x, m.Long(0)], ExportedModel.Int("axis", 1));
        m.Output(m.Node("Tanh", [m.Node("Gemm", [first, m.Weight(s.Width, s.Width), m.Weight(s.Width)], ExportedModel.Int("transB", 1))]), "pooler_output");
        return m;
    }

    /// <summary>Attention and a feed-forward network with the exact GELU, both behind a norm.</summary>
    /// <param name="m">The model.</param>
    /// <param name="x">Tokens.</param>
    /// <param name="masked">Puts masks on logits.</param>
    /// <param name="safe">Whether weights that are NaN are made 0.</param>
    /// <param name="size">How wide; <see cref="EncoderSize.Tiny"/> where it is not said.</param>
    public static string Layer(ExportedModel m, string x, Func<string, string> masked, bool safe = false, EncoderSize? size = null)
    {
        EncoderSize s = size ?? EncoderSize.Tiny;
        string q = Split(m, Linear(m, x, s.Width, s.Width), x, s);
        string k = Split(m, Linear(m, x, s.Width, s.Width), x, s);
        string v = Split(m, Linear(m, x, s.Width, s.Width), x, s);
        string logits = m.Node("Div", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(MathF.Sqrt(s.HeadSize))]);
        string weights = m.Softmax(masked(logits));
        weights = safe ? m.Node("Where", [m.Node("IsNaN", [weights]), m.Float(0), weights]) : weights;
        string attended = Merge(m, m.MatMul(weights, v), s.Width);
        x = Norm(m, m.Node("Add", [Linear(m, attended, s.Width, s.Width), x]), s.Width);
        return Norm(m, m.Node("Add", [Linear(m, Gelu(m, Linear(m, x, s.Hidden, s.Width)), s.Width, s.Hidden), x]), s.Width);
    }

    public static string Linear(ExportedModel m, string x, long to, long from = EncoderSize.TinyWidth) => m.Node("Add", [m.MatMul(x, m.Weight(from, to)), m.Weight(to)]);

    public static string Split(ExportedModel m, string x, string like, EncoderSize? size = null)
    {
        EncoderSize s = size ?? EncoderSize.Tiny;
        return m.Transpose(m.Reshape(x, m.Size(like, 0), m.Size(like, 1), m.Longs(s.Heads), m.Longs(s.HeadSize)), 0, 2, 1, 3);
    }

    public static string Merge(ExportedModel m, string heads, long width = EncoderSize.TinyWidth)
    {
        string tokens = m.Transpose(heads, 0, 2, 1, 3);
        return m.Reshape(tokens, m.Size(tokens, 0), m.Size(tokens, 1), m.Longs(width));
    }

    // Before opset 17 a norm is spelled out.
    public static string Norm(ExportedModel m, string x, long width = EncoderSize.TinyWidth)
    {
        string mean = m.Node("ReduceMean", [x], ExportedModel.Ints("axes", -1));
        string centred = m.Node("Sub", [x, mean]);
        string variance = m.Node("ReduceMean", [m.Node("Pow", [centred, m.Float(2)])], ExportedModel.Ints("axes", -1));
        string normal = m.Node("Div", [centred, m.Node("Sqrt", [m.Node("Add", [variance, m.Float(1e-5f)])])]);
        return m.Node("Add", [m.Node("Mul", [normal, m.Weight(width)]), m.Weight(width)]);
    }

    public static string Gelu(ExportedModel m, string x)
    {
        string erf = m.Node("Erf", [m.Node("Div", [x, m.Float(1.4142135f)])]);
        return m.Node("Mul", [m.Node("Mul", [x, m.Node("Add", [erf, m.Float(1)])]), m.Float(0.5f)]);
    }
}
