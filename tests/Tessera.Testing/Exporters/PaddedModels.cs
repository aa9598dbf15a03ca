using Tessera.Compiler.Tests.Exporters;
using Tessera.Ir;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>Padded encoders as torch's exporter writes them: sizes from Shape nodes, masks in their usual forms.</summary>
internal static class PaddedModels
{
    private const int Width = 8;
    private const int Heads = 2;
    private const int HeadSize = 4;

    /// <summary>Ids, token types and a mask; positions from a table of 16; additive mask of the least number; a pooler on token 0.</summary>
    public static ExportedModel Bert()
    {
        ExportedModel m = new(17);
        string ids = m.Input("input_ids", DType.I64, "batch", "sequence");
        string mask = m.Input("attention_mask", DType.I64, "batch", "sequence");
        string types = m.Input("token_type_ids", DType.I64, "batch", "sequence");
        string positions = m.Node("Slice", [m.Constant([1, 16], [.. Enumerable.Range(0, 16).Select(static i => (long)i)]), m.Longs(0), m.Size(ids, 1), m.Longs(1), m.Longs(1)]);
        string words = m.Node("Gather", [m.Weight(11, Width), ids]);
        string sum = m.Node("Add", [m.Node("Add", [words, m.Node("Gather", [m.Weight(2, Width), types])]), m.Node("Gather", [m.Weight(16, Width), positions])]);
        string x = Norm(m, sum);
        string flags = m.Cast(m.Node("Unsqueeze", [m.Node("Unsqueeze", [mask, m.Longs(1)]), m.Longs(2)]), DType.F32);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), flags]), m.Float(float.MinValue)]);
        x = Layer(m, x, logits => m.Node("Add", [logits, added]));
        x = Layer(m, x, logits => m.Node("Add", [logits, added]));
        m.Output(x, "last_hidden_state");
        string first = m.Node("Gather", [x, m.Long(0)], ExportedModel.Int("axis", 1));
        m.Output(m.Node("Tanh", [m.Node("Gemm", [first, m.Weight(Width, Width), m.Weight(Width)], ExportedModel.Int("transB", 1))]), "pooler_output");
        return m;
    }

    /// <summary>Attention and a feed-forward network with the exact GELU, both behind a norm.</summary>
    /// <param name="m">The model.</param>
    /// <param name="x">Tokens.</param>
    /// <param name="masked">Puts masks on logits.</param>
    /// <param name="safe">Whether weights that are NaN are made 0.</param>
    public static string Layer(ExportedModel m, string x, Func<string, string> masked, bool safe = false)
    {
        string q = Split(m, Linear(m, x, Width), x);
        string k = Split(m, Linear(m, x, Width), x);
        string v = Split(m, Linear(m, x, Width), x);
        string logits = m.Node("Div", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(2)]);
        string weights = m.Softmax(masked(logits));
        weights = safe ? m.Node("Where", [m.Node("IsNaN", [weights]), m.Float(0), weights]) : weights;
        string attended = Merge(m, m.MatMul(weights, v));
        x = Norm(m, m.Node("Add", [Linear(m, attended, Width), x]));
        return Norm(m, m.Node("Add", [Linear(m, Gelu(m, Linear(m, x, 16)), Width, 16), x]));
    }

    public static string Linear(ExportedModel m, string x, long to, long from = Width) => m.Node("Add", [m.MatMul(x, m.Weight(from, to)), m.Weight(to)]);

    public static string Split(ExportedModel m, string x, string like) =>
        m.Transpose(m.Reshape(x, m.Size(like, 0), m.Size(like, 1), m.Longs(Heads), m.Longs(HeadSize)), 0, 2, 1, 3);

    public static string Merge(ExportedModel m, string heads)
    {
        string tokens = m.Transpose(heads, 0, 2, 1, 3);
        return m.Reshape(tokens, m.Size(tokens, 0), m.Size(tokens, 1), m.Longs(Width));
    }

    // Before opset 17 a norm is spelled out.
    public static string Norm(ExportedModel m, string x)
    {
        string mean = m.Node("ReduceMean", [x], ExportedModel.Ints("axes", -1));
        string centred = m.Node("Sub", [x, mean]);
        string variance = m.Node("ReduceMean", [m.Node("Pow", [centred, m.Float(2)])], ExportedModel.Ints("axes", -1));
        string normal = m.Node("Div", [centred, m.Node("Sqrt", [m.Node("Add", [variance, m.Float(1e-5f)])])]);
        return m.Node("Add", [m.Node("Mul", [normal, m.Weight(Width)]), m.Weight(Width)]);
    }

    public static string Gelu(ExportedModel m, string x)
    {
        string erf = m.Node("Erf", [m.Node("Div", [x, m.Float(1.4142135f)])]);
        return m.Node("Mul", [m.Node("Mul", [x, m.Node("Add", [erf, m.Float(1)])]), m.Float(0.5f)]);
    }
}
