using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Attention as exporters write it where batch and length are dynamic: sizes come from Shape nodes.</summary>
internal static class AttentionModels
{
    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("BERT", Bert),
        ("torch SDPA with flags", () => Sdpa(true)),
        ("torch SDPA", () => Sdpa(false)),
        ("GPT-2", Gpt2),
        ("GPT-2 with padding", () => Gpt2(padding: true)),
        ("Llama", Llama),
        ("timm ViT", Vit),
        ("torch MultiheadAttention", Multihead),
        ("BART cross-attention", Bart),
        ("T5", T5),
        ("einsum", Einsum),
        ("einsum of heads in place", EinsumInPlace),
        ("SVTR of PaddleOCR", Svtr),
        ("softmax before opset 13", Old),
        .. EncoderModels.All,
        .. DecoderModels.All,
    ];

    internal static string Heads(ExportedModel m, string x, string like, long heads = 2, long size = 4) =>
        m.Transpose(m.Reshape(x, m.Size(like, 0), m.Size(like, 1), m.Longs(heads), m.Longs(size)), 0, 2, 1, 3);

    private static string Merged(ExportedModel m, string heads)
    {
        string tokens = m.Transpose(heads, 0, 2, 1, 3);
        return m.Reshape(tokens, m.Size(tokens, 0), m.Size(tokens, 1), m.Longs(8));
    }

    internal static string Linear(ExportedModel m, string x, long to = 8) => m.Node("Add", [m.MatMul(x, m.Weight(8, to)), m.Weight(to)]);

    private static (ExportedModel, string) Start(int opset = 17)
    {
        ExportedModel m = new(opset);
        return (m, m.Input("x", DType.F32, "batch", "seq", 8));
    }

    internal static ExportedModel End(ExportedModel m, string heads)
    {
        m.Output(m.MatMul(Merged(m, heads), m.Weight(8, 8)));
        return m;
    }

    private static ExportedModel Bert()
    {
        (ExportedModel m, string x) = Start();
        string mask = m.Input("attention_mask", DType.I64, "batch", "seq");
        string flags = m.Node("Cast", [m.Node("Unsqueeze", [m.Node("Unsqueeze", [mask, m.Longs(1)]), m.Longs(2)])], ExportedModel.Int("to", 1));
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), flags]), m.Float(-10000)]);
        string q = Heads(m, Linear(m, x), x);
        string k = Heads(m, Linear(m, x), x);
        string v = Heads(m, Linear(m, x), x);
        string logits = m.Node("Div", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(2)]);
        return End(m, m.MatMul(m.Softmax(m.Node("Add", [logits, added])), v));
    }

    // torch.onnx for scaled_dot_product_attention: the scale from the size of the heads, its root on both sides.
    private static ExportedModel Sdpa(bool flags)
    {
        (ExportedModel m, string x) = Start();
        string mask = flags ? m.Input("mask", DType.Bool, "batch", 1, "seq", "seq") : m.Input("mask", DType.F32, "batch", 1, "seq", "seq");
        string q = Heads(m, Linear(m, x), x);
        string k = Heads(m, Linear(m, x), x);
        string v = Heads(m, Linear(m, x), x);
        string size = m.Node("Cast", [m.Node("Slice", [m.Node("Shape", [q]), m.Longs(-1), m.Longs(long.MaxValue)])], ExportedModel.Int("to", 1));
        string root = m.Node("Sqrt", [m.Node("Div", [m.Float(1), m.Node("Sqrt", [size])])]);
        string logits = m.MatMul(m.Node("Mul", [q, root]), m.Node("Mul", [m.Transpose(k, 0, 1, 3, 2), root]));
        string added = flags ? m.Node("Where", [mask, m.Float(0), m.Float(float.NegativeInfinity)]) : mask;
        string weights = m.Softmax(m.Node("Add", [logits, added]));
        weights = flags ? m.Node("Where", [m.Node("IsNaN", [weights]), m.Float(0), weights]) : weights;
        return End(m, m.MatMul(weights, v));
    }

    // A triangle for the longest sequence, cut to size.
    private static ExportedModel Gpt2() => Gpt2(padding: false);

    private static ExportedModel Gpt2(bool padding)
    {
        (ExportedModel m, string x) = Start();
        string[] parts = m.Nodes("Split", 3, [Linear(m, x, 24), m.Longs(8, 8, 8)], ExportedModel.Int("axis", 2));
        (string q, string k, string v) = (Heads(m, parts[0], x), Heads(m, parts[1], x), Heads(m, parts[2], x));
        string logits = m.Node("Div", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(2)]);
        string triangle = m.Flags([1, 1, 16, 16], static i => i % 16 <= i / 16);
        (string nd, string ns) = (m.Size(q, 2), m.Size(k, 2));
        string rows = m.Node("Slice", [triangle, m.Node("Sub", [ns, nd]), ns, m.Longs(2), m.Longs(1)]);
        string cut = m.Node("Slice", [rows, m.Longs(0), ns, m.Longs(3), m.Longs(1)]);
        string filled = m.Node("Where", [cut, logits, m.Float(float.MinValue)]);
        if (padding)
        {
            string mask = m.Node("Cast", [m.Node("Unsqueeze", [m.Input("attention_mask", DType.I64, "batch", "seq"), m.Longs(1, 2)])], ExportedModel.Int("to", 1));
            filled = m.Node("Add", [filled, m.Node("Mul", [m.Node("Sub", [m.Float(1), mask]), m.Float(-1e9f)])]);
        }

        return End(m, m.MatMul(m.Softmax(filled), v));
    }

    // Key heads repeated by Expand to a shape that is put together, a triangle from compared positions.
    private static ExportedModel Llama()
    {
        (ExportedModel m, string x) = Start();
        string q = Heads(m, Linear(m, x), x, 4, 2);
        string k = Repeated(m, Heads(m, Linear(m, x, 4), x, 2, 2));
        string v = Repeated(m, Heads(m, Linear(m, x, 4), x, 2, 2));
        string n = m.Scalar(x, 1);
        string at = m.Node("Range", [m.Long(0), n, m.Long(1)]);
        string after = m.Node("Greater", [at, m.Reshape(at, m.Longs(-1), m.Longs(1))]);
        string square = m.Node("Where", [after, m.Float(float.MinValue), m.Float(0)]);
        string cube = m.Node("Unsqueeze", [m.Node("Unsqueeze", [square, m.Longs(0)]), m.Longs(1)]);
        string spread = m.Node("Expand", [cube, m.Node("Concat", [m.Size(x, 0), m.Longs(1), m.Size(x, 1), m.Size(x, 1)], ExportedModel.Int("axis", 0))]);
        string logits = m.Node("Mul", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(0.70710677f)]);
        return End(m, m.MatMul(m.Softmax(m.Node("Add", [logits, spread])), v));
    }

    internal static string Repeated(ExportedModel m, string x)
    {
        string wide = m.Node("Unsqueeze", [x, m.Longs(2)]);
        string shape = m.Node("Concat", [m.Size(x, 0), m.Longs(2), m.Longs(2), m.Size(x, 2), m.Longs(2)], ExportedModel.Int("axis", 0));
        string ones = m.Node("ConstantOfShape", [m.Node("Shape", [shape])], new Onnx.Proto.AttributeProto
        {
            Name = "value",
            Type = Onnx.Proto.AttributeProto.Types.AttributeType.Tensor,
            T = new Onnx.Proto.TensorProto { DataType = (int)DType.I64, Dims = { 1 }, Int64Data = { 1 } },
        });
        string free = m.Node("Equal", [shape, m.Node("Mul", [ones, m.Long(-1)])]);
        string spread = m.Node("Expand", [wide, m.Node("Where", [free, ones, shape])]);
        return m.Reshape(spread, m.Size(x, 0), m.Longs(4), m.Size(x, 2), m.Longs(2));
    }

    private static ExportedModel Vit()
    {
        (ExportedModel m, string x) = Start();
        string all = m.Transpose(m.Reshape(Linear(m, x, 24), m.Size(x, 0), m.Size(x, 1), m.Longs(3), m.Longs(2), m.Longs(4)), 2, 0, 3, 1, 4);
        string[] qkv = [.. Enumerable.Range(0, 3).Select(i => m.Node("Gather", [all, m.Long(i)], ExportedModel.Int("axis", 0)))];
        string logits = m.MatMul(m.Node("Mul", [qkv[0], m.Float(0.5f)]), m.Transpose(qkv[1], 0, 1, 3, 2));
        return End(m, m.MatMul(m.Softmax(logits), qkv[2]));
    }

    // Tokens first, examples and heads in one axis.
    private static ExportedModel Multihead()
    {
        (ExportedModel m, string x) = Start();
        string tokens = m.Transpose(x, 1, 0, 2);
        (string n, string rows) = (m.Size(tokens, 0), m.Node("Mul", [m.Size(tokens, 1), m.Longs(2)]));
        string Rows(string part) => m.Transpose(m.Reshape(part, n, rows, m.Longs(4)), 1, 0, 2);
        string q = m.Node("Mul", [Rows(Linear(m, tokens)), m.Float(0.5f)]);
        string k = Rows(Linear(m, tokens));
        string v = Rows(Linear(m, tokens));
        string attended = m.MatMul(m.Softmax(m.MatMul(q, m.Transpose(k, 0, 2, 1))), v);
        string merged = m.Reshape(m.Transpose(attended, 1, 0, 2), n, m.Size(tokens, 1), m.Longs(8));
        m.Output(m.Transpose(m.MatMul(merged, m.Weight(8, 8)), 1, 0, 2));
        return m;
    }

    private static ExportedModel Bart()
    {
        (ExportedModel m, string x) = Start();
        string y = m.Input("memory", DType.F32, "batch", "source", 8);
        string mask = m.Input("mask", DType.F32, "batch", 1, "seq", "source");
        string rows = m.Node("Mul", [m.Size(x, 0), m.Longs(2)]);
        string Rows(string part, string like) => m.Reshape(Heads(m, part, like), rows, m.Longs(-1), m.Longs(4));
        string q = Rows(m.Node("Mul", [Linear(m, x), m.Float(0.5f)]), x);
        string k = Rows(Linear(m, y), y);
        string v = Rows(Linear(m, y), y);
        string logits = m.MatMul(q, m.Transpose(k, 0, 2, 1));
        string four = m.Reshape(logits, m.Size(x, 0), m.Longs(2), m.Size(x, 1), m.Size(y, 1));
        string masked = m.Reshape(m.Node("Add", [four, mask]), rows, m.Size(x, 1), m.Size(y, 1));
        string attended = m.MatMul(m.Softmax(masked), v);
        return End(m, m.Reshape(attended, m.Size(x, 0), m.Longs(2), m.Size(x, 1), m.Longs(4)));
    }

    private static ExportedModel T5()
    {
        (ExportedModel m, string x) = Start();
        string bias = m.Input("position_bias", DType.F32, 1, 2, "seq", "seq");
        string q = Heads(m, m.MatMul(x, m.Weight(8, 8)), x);
        string k = Heads(m, m.MatMul(x, m.Weight(8, 8)), x);
        string v = Heads(m, m.MatMul(x, m.Weight(8, 8)), x);
        string logits = m.MatMul(q, m.Transpose(k, 0, 1, 3, 2));
        return End(m, m.MatMul(m.Softmax(m.Node("Add", [logits, bias])), v));
    }

    private static ExportedModel Einsum()
    {
        (ExportedModel m, string x) = Start();
        (string q, string k, string v) = (Heads(m, Linear(m, x), x), Heads(m, Linear(m, x), x), Heads(m, Linear(m, x), x));
        string logits = m.Node("Mul", [m.Node("Einsum", [q, k], ExportedModel.Text("equation", "bhid,bhjd->bhij")), m.Float(0.5f)]);
        return End(m, m.Node("Einsum", [m.Softmax(logits), v], ExportedModel.Text("equation", "b h i j, b h j d -> b h i d")));
    }

    private static ExportedModel EinsumInPlace()
    {
        (ExportedModel m, string x) = Start();
        string Tokens(string part) => m.Reshape(part, m.Size(x, 0), m.Size(x, 1), m.Longs(2), m.Longs(4));
        (string q, string k, string v) = (Tokens(Linear(m, x)), Tokens(Linear(m, x)), Tokens(Linear(m, x)));
        string logits = m.Node("Einsum", [q, k], ExportedModel.Text("equation", "bqhd,bkhd->bhqk"));
        string attended = m.Node("Einsum", [m.Softmax(logits), v], ExportedModel.Text("equation", "bhqk,bkhd->bqhd"));
        m.Output(m.Reshape(attended, m.Size(x, 0), m.Size(x, 1), m.Longs(8)));
        return m;
    }

    private static ExportedModel Svtr()
    {
        (ExportedModel m, string x) = Start();
        string all = m.Transpose(m.Node("Reshape", [Linear(m, x, 24), m.Longs(0, -1, 3, 2, 4)]), 2, 0, 3, 1, 4);
        string Part(long i) => m.Node("Squeeze", [m.Node("Slice", [all, m.Longs(i), m.Longs(i + 1), m.Longs(0)]), m.Longs(0)]);
        string logits = m.MatMul(m.Node("Mul", [Part(0), m.Float(0.5f)]), m.Transpose(Part(1), 0, 1, 3, 2));
        string attended = m.Transpose(m.MatMul(m.Softmax(logits), Part(2)), 0, 2, 1, 3);
        m.Output(m.Node("Reshape", [attended, m.Longs(0, -1, 8)]));
        return m;
    }

    private static ExportedModel Old()
    {
        (ExportedModel m, string x) = Start(opset: 12);
        string Tokens(string part) => m.Transpose(m.Node("Reshape", [part, m.Longs(0, 0, 2, 4)]), 0, 2, 1, 3);
        (string q, string k, string v) = (Tokens(Linear(m, x)), Tokens(Linear(m, x)), Tokens(Linear(m, x)));
        string logits = m.Node("Div", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(2)]);
        string attended = m.MatMul(m.Node("Softmax", [logits], ExportedModel.Int("axis", 3)), v);
        m.Output(m.Node("Reshape", [m.Transpose(attended, 0, 2, 1, 3), m.Longs(0, 0, 8)]));
        return m;
    }
}
