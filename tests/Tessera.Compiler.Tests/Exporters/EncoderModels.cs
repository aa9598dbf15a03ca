using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Attention over a whole sequence as Keras, TensorFlow, JAX and newer torch models have it.</summary>
internal static class EncoderModels
{
    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("Keras", Keras),
        ("Flax", Flax),
        ("BERT of TensorFlow", TensorFlow),
        ("Swin, shifted", Swin),
        ("T5 with buckets", Buckets),
        ("CLIP", Clip),
        ("SDPA, causal", Causal),
        ("ModernBERT", Window),
        ("Qwen 3", QkNorm),
    ];

    private static (ExportedModel, string) Start()
    {
        ExportedModel m = new(17);
        return (m, m.Input("x", DType.F32, "batch", "seq", 8));
    }

    private static string Einsum(ExportedModel m, string equation, string a, string b) => m.Node("Einsum", [a, b], ExportedModel.Text("equation", equation));

    // keras.layers.MultiHeadAttention: dense layers over [features, heads, size], two contractions over tokens in front of heads.
    private static ExportedModel Keras()
    {
        (ExportedModel m, string x) = Start();
        string Project() => m.Node("Add", [Einsum(m, "abc,cde->abde", x, m.Weight(8, 2, 4)), m.Weight(2, 4)]);
        (string q, string k, string v) = (Project(), Project(), Project());
        string logits = Einsum(m, "aecd,abcd->acbe", k, m.Node("Mul", [q, m.Float(0.5f)]));
        string attended = Einsum(m, "acbe,aecd->abcd", m.Softmax(logits), v);
        m.Output(m.Node("Add", [Einsum(m, "abcd,cde->abe", attended, m.Weight(2, 4, 8)), m.Weight(8)]));
        return m;
    }

    // flax.linen.MultiHeadDotProductAttention, its softmax taken apart.
    private static ExportedModel Flax()
    {
        (ExportedModel m, string x) = Start();
        string Project() => m.Node("Add", [Einsum(m, "bnf,fhd->bnhd", x, m.Weight(8, 2, 4)), m.Weight(2, 4)]);
        (string q, string k, string v) = (m.Node("Div", [Project(), m.Float(2)]), Project(), Project());
        string logits = Einsum(m, "bqhd,bkhd->bhqk", q, k);
        string off = m.Node("Sub", [logits, m.Node("ReduceMax", [logits], ExportedModel.Ints("axes", -1), ExportedModel.Int("keepdims", 1))]);
        string powers = m.Node("Exp", [off]);
        string weights = m.Node("Div", [powers, m.Node("ReduceSum", [powers, m.Longs(-1)], ExportedModel.Int("keepdims", 1))]);
        string attended = Einsum(m, "bhqk,bkhd->bqhd", weights, v);
        m.Output(Einsum(m, "bqhd,hdf->bqf", attended, m.Weight(2, 4, 8)));
        return m;
    }

    // tf2onnx: rows flattened for each dense layer, sizes by Slice and Squeeze of Shape.
    private static ExportedModel TensorFlow()
    {
        (ExportedModel m, string x) = Start();
        string mask = m.Input("input_mask", DType.I32, "batch", "seq");
        string Size(string of, long axis) => m.Node("Slice", [m.Node("Cast", [m.Node("Shape", [of])], ExportedModel.Int("to", 6)), m.Longs(axis), m.Longs(axis + 1), m.Longs(0)]);
        string Shape(params string[] parts) => m.Node("Cast", [m.Node("Concat", parts, ExportedModel.Int("axis", 0))], ExportedModel.Int("to", 7));
        string I32(long value) => m.Node("Cast", [m.Longs(value)], ExportedModel.Int("to", 6));
        string rows = m.Node("Reshape", [x, m.Longs(-1, 8)]);
        string Project()
        {
            string dense = m.Node("Add", [m.MatMul(rows, m.Weight(8, 8)), m.Weight(8)]);
            return m.Transpose(m.Node("Reshape", [dense, Shape(Size(x, 0), Size(x, 1), I32(2), I32(4))]), 0, 2, 1, 3);
        }

        (string q, string k, string v) = (Project(), Project(), Project());
        string logits = m.Node("Mul", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(0.5f)]);
        string flags = m.Node("Cast", [m.Node("Reshape", [mask, Shape(Size(x, 0), I32(1), I32(1), Size(x, 1))])], ExportedModel.Int("to", 1));
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), flags]), m.Float(-10000)]);
        string attended = m.Transpose(m.MatMul(m.Softmax(m.Node("Add", [logits, added])), v), 0, 2, 1, 3);
        string flat = m.MatMul(m.Node("Reshape", [attended, m.Longs(-1, 8)]), m.Weight(8, 8));
        m.Output(m.Node("Reshape", [flat, Shape(Size(x, 0), Size(x, 1), I32(8))]));
        return m;
    }

    // Four windows of an image, two examples at a time: a bias for each head, and a mask for each window under a reshape.
    private static ExportedModel Swin()
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, 8, 9, 8);
        string all = m.Transpose(m.Node("Reshape", [m.Node("Add", [m.MatMul(x, m.Weight(8, 24)), m.Weight(24)]), m.Longs(8, 9, 3, 2, 4)]), 2, 0, 3, 1, 4);
        string[] qkv = [.. Enumerable.Range(0, 3).Select(i => m.Node("Gather", [all, m.Long(i)], ExportedModel.Int("axis", 0)))];
        string logits = m.MatMul(m.Node("Mul", [qkv[0], m.Float(0.5f)]), m.Transpose(qkv[1], 0, 1, 3, 2));
        string biased = m.Node("Add", [logits, m.Node("Unsqueeze", [m.Weight(2, 9, 9), m.Longs(0)])]);
        string windows = m.Node("Reshape", [biased, m.Longs(2, 4, 2, 9, 9)]);
        string masked = m.Node("Add", [windows, m.Node("Unsqueeze", [m.Node("Unsqueeze", [m.Weight(4, 9, 9), m.Longs(1)]), m.Longs(0)])]);
        string weights = m.Softmax(m.Node("Reshape", [masked, m.Longs(-1, 2, 9, 9)]));
        string attended = m.Transpose(m.MatMul(weights, qkv[2]), 0, 2, 1, 3);
        m.Output(m.MatMul(m.Node("Reshape", [attended, m.Longs(8, 9, 8)]), m.Weight(8, 8)));
        return m;
    }

    // T5's own bias: rows of a table by buckets of the distance, computed in the model.
    private static ExportedModel Buckets()
    {
        (ExportedModel m, string x) = Start();
        string at = m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]);
        string off = m.Node("Sub", [m.Node("Unsqueeze", [at, m.Longs(0)]), m.Node("Unsqueeze", [at, m.Longs(1)])]);
        string ahead = m.Node("Mul", [m.Node("Cast", [m.Node("Greater", [off, m.Long(0)])], ExportedModel.Int("to", 7)), m.Long(4)]);
        string far = m.Node("Abs", [off]);
        string wide = m.Node("Cast", [far], ExportedModel.Int("to", 1));
        string log = m.Node("Div", [m.Node("Log", [m.Node("Div", [wide, m.Float(2)])]), m.Float(4.158883f)]);
        string large = m.Node("Add", [m.Node("Cast", [m.Node("Mul", [log, m.Float(2)])], ExportedModel.Int("to", 7)), m.Long(2)]);
        string bounded = m.Node("Min", [large, m.Long(3)]);
        string bucket = m.Node("Add", [ahead, m.Node("Where", [m.Node("Less", [far, m.Long(2)]), far, bounded])]);
        string bias = m.Node("Unsqueeze", [m.Transpose(m.Node("Gather", [m.Weight(8, 2), bucket]), 2, 0, 1), m.Longs(0)]);
        string q = AttentionModels.Heads(m, m.MatMul(x, m.Weight(8, 8)), x);
        string k = AttentionModels.Heads(m, m.MatMul(x, m.Weight(8, 8)), x);
        string v = AttentionModels.Heads(m, m.MatMul(x, m.Weight(8, 8)), x);
        return AttentionModels.End(m, m.MatMul(m.Softmax(m.Node("Add", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), bias])), v));
    }

    // CLIP's text: heads in the batch axis, a triangle of the least number that is given to all of them.
    private static ExportedModel Clip()
    {
        (ExportedModel m, string x) = Start();
        (string batch, string n) = (m.Size(x, 0), m.Size(x, 1));
        string rows = m.Node("Mul", [batch, m.Longs(2)]);
        string Rows(string part) => m.Reshape(AttentionModels.Heads(m, part, x), rows, m.Longs(-1), m.Longs(4));
        string q = Rows(m.Node("Mul", [AttentionModels.Linear(m, x), m.Float(0.5f)]));
        (string k, string v) = (Rows(AttentionModels.Linear(m, x)), Rows(AttentionModels.Linear(m, x)));
        string full = m.Node("Expand", [m.Float(float.MinValue), m.Node("Concat", [n, n], ExportedModel.Int("axis", 0))]);
        string triangle = m.Node("Unsqueeze", [m.Node("Trilu", [full, m.Long(1)], ExportedModel.Int("upper", 1)), m.Longs(0, 1)]);
        string spread = m.Node("Expand", [triangle, m.Node("Concat", [batch, m.Longs(1), n, n], ExportedModel.Int("axis", 0))]);
        string four = m.Reshape(m.MatMul(q, m.Transpose(k, 0, 2, 1)), batch, m.Longs(2), n, n);
        string masked = m.Reshape(m.Node("Add", [four, spread]), rows, n, n);
        string attended = m.Reshape(m.MatMul(m.Softmax(masked), v), batch, m.Longs(2), n, m.Longs(4));
        return AttentionModels.End(m, attended);
    }

    // torch.onnx for scaled_dot_product_attention(is_causal=True): a triangle of ones made flags.
    private static ExportedModel Causal()
    {
        (ExportedModel m, string x) = Start();
        string q = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x);
        string k = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x);
        string v = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x);
        string square = m.Node("Concat", [m.Size(q, 2), m.Size(k, 2)], ExportedModel.Int("axis", 0));
        string ones = m.Node("Expand", [m.Float(1), square]);
        string flags = m.Node("Cast", [m.Node("Trilu", [ones], ExportedModel.Int("upper", 0))], ExportedModel.Int("to", 9));
        string added = m.Node("Where", [flags, m.Float(0), m.Float(float.NegativeInfinity)]);
        string root = m.Float(0.70710677f);
        string logits = m.MatMul(m.Node("Mul", [q, root]), m.Node("Mul", [m.Transpose(k, 0, 1, 3, 2), root]));
        return AttentionModels.End(m, m.MatMul(m.Softmax(m.Node("Add", [logits, added])), v));
    }

    // ModernBERT's local layers: padding, and tokens that are near.
    private static ExportedModel Window()
    {
        (ExportedModel m, string x) = Start();
        string mask = m.Node("Cast", [m.Node("Unsqueeze", [m.Input("attention_mask", DType.I64, "batch", "seq"), m.Longs(1, 2)])], ExportedModel.Int("to", 9));
        string at = m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]);
        string rows = m.Node("Unsqueeze", [at, m.Longs(0)]);
        string distance = m.Node("Abs", [m.Node("Sub", [rows, m.Transpose(rows, 1, 0)])]);
        string near = m.Node("Unsqueeze", [m.Node("LessOrEqual", [distance, m.Long(2)]), m.Longs(0, 1)]);
        string q = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x);
        string k = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x);
        string v = AttentionModels.Heads(m, AttentionModels.Linear(m, x), x);
        string logits = m.Node("Mul", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), m.Float(0.5f)]);
        string masked = m.Node("Where", [m.Node("And", [near, mask]), logits, m.Float(float.MinValue)]);
        return AttentionModels.End(m, m.MatMul(m.Softmax(masked), v));
    }

    // Norms of queries and keys, head by head, then rotary positions by halves, keys repeated.
    private static ExportedModel QkNorm()
    {
        (ExportedModel m, string x) = Start();
        string Normal(string heads)
        {
            string mean = m.Node("ReduceMean", [m.Node("Pow", [heads, m.Float(2)])], ExportedModel.Ints("axes", -1));
            string root = m.Node("Sqrt", [m.Node("Add", [mean, m.Float(1e-6f)])]);
            return m.Node("Mul", [m.Weight(4), m.Node("Mul", [heads, m.Node("Div", [m.Float(1), root])])]);
        }

        string at = m.Node("Cast", [m.Node("Unsqueeze", [m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]), m.Longs(0, 1)])], ExportedModel.Int("to", 1));
        string angles = m.Transpose(m.MatMul(m.Weight(1, 2, 1), at), 0, 2, 1);
        string twice = m.Node("Concat", [angles, angles], ExportedModel.Int("axis", -1));
        string cos = m.Node("Unsqueeze", [m.Node("Cos", [twice]), m.Longs(1)]);
        string sin = m.Node("Unsqueeze", [m.Node("Sin", [twice]), m.Longs(1)]);
        string Rotated(string heads)
        {
            string left = m.Node("Slice", [heads, m.Longs(0), m.Longs(2), m.Longs(3)]);
            string right = m.Node("Slice", [heads, m.Longs(2), m.Longs(long.MaxValue), m.Longs(3)]);
            string turned = m.Node("Concat", [m.Node("Neg", [right]), left], ExportedModel.Int("axis", -1));
            return m.Node("Add", [m.Node("Mul", [heads, cos]), m.Node("Mul", [turned, sin])]);
        }

        string Tokens(string part, long heads) => m.Reshape(part, m.Size(x, 0), m.Size(x, 1), m.Longs(heads), m.Longs(4));
        string q = Rotated(m.Transpose(Normal(Tokens(m.MatMul(x, m.Weight(8, 8)), 2)), 0, 2, 1, 3));
        string k = Rotated(m.Transpose(Normal(Tokens(m.MatMul(x, m.Weight(8, 4)), 1)), 0, 2, 1, 3));
        string v = m.Transpose(Tokens(m.MatMul(x, m.Weight(8, 4)), 1), 0, 2, 1, 3);
        string Both(string part) => m.Node("Expand", [part, m.Node("Concat", [m.Size(x, 0), m.Longs(2), m.Size(x, 1), m.Longs(4)], ExportedModel.Int("axis", 0))]);
        string logits = m.Node("Mul", [m.MatMul(q, m.Transpose(Both(k), 0, 1, 3, 2)), m.Float(0.5f)]);
        return AttentionModels.End(m, m.MatMul(m.Softmax(logits), Both(v)));
    }
}
