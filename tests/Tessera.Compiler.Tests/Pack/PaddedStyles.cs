using Tessera.Ir;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>Padded models of other families, each with the habits of its exporter.</summary>
internal static class PaddedStyles
{
    private const int Width = 8;

    /// <summary>Patches with positions of their own, a class token in front of them and of their mask.</summary>
    public static ExportedModel Vit(bool mask = true)
    {
        ExportedModel m = new(17);
        string patches = m.Input("patches", DType.F32, "batch", "n", 12);
        string positions = m.Input("position_ids", DType.I64, "batch", "n");
        string embedded = m.Node("Add", [PaddedModels.Linear(m, patches, Width, 12), m.Node("Gather", [m.Weight(9, Width), positions])]);
        string one = m.Node("Concat", [m.Size(patches, 0), m.Longs(-1), m.Longs(-1)], ExportedModel.Int("axis", 0));
        string token = m.Node("Expand", [m.Weight(1, 1, Width), Wanted(m, one)]);
        string x = m.Node("Concat", [token, embedded], ExportedModel.Int("axis", 1));
        Func<string, string> masked = static logits => logits;
        if (mask)
        {
            string given = m.Input("mask", DType.Bool, "batch", "n");
            string ones = m.Cast(m.Node("ConstantOfShape", [m.Node("Concat", [m.Size(patches, 0), m.Longs(1)], ExportedModel.Int("axis", 0))], ExportedModel.Filled(1)), DType.Bool);
            string all = m.Node("Concat", [ones, given], ExportedModel.Int("axis", 1));
            string four = m.Node("Unsqueeze", [all, m.Longs(1, 2)]);
            string wide = m.Node("Expand", [four, m.Node("Concat", [m.Size(x, 0), m.Longs(1), m.Size(x, 1), m.Size(x, 1)], ExportedModel.Int("axis", 0))]);
            string added = m.Node("Where", [wide, m.Float(0), m.Float(float.NegativeInfinity)]);
            masked = logits => m.Node("Add", [logits, added]);
        }

        x = PaddedModels.Layer(m, x, masked);
        x = PaddedModels.Norm(m, x);
        string first = m.Node("Squeeze", [m.Node("Slice", [x, m.Longs(0), m.Longs(1), m.Longs(1)]), m.Longs(1)]);
        m.Output(PaddedModels.Linear(m, first, 5), "logits");
        m.Output(x, "features");
        return m;
    }

    // torch's expand(-1): sizes of −1 are 1 here, where the token has them.
    private static string Wanted(ExportedModel m, string shape)
    {
        string ones = m.Node("ConstantOfShape", [m.Node("Shape", [shape])], ExportedModel.Filled(1));
        return m.Node("Where", [m.Node("Equal", [shape, m.Node("Mul", [ones, m.Long(-1)])]), ones, shape]);
    }

    /// <summary>RMS norms, no scale, a bias by buckets of the distance, a mean over tokens.</summary>
    public static ExportedModel T5()
    {
        ExportedModel m = new(17);
        string ids = m.Input("input_ids", DType.I64, "batch", "sequence");
        string mask = m.Input("attention_mask", DType.F32, "batch", "sequence");
        string x = m.Node("Gather", [m.Weight(11, Width), ids]);
        string four = m.Node("Unsqueeze", [mask, m.Longs(1, 2)]);
        string added = m.Node("Mul", [m.Node("Sub", [m.Float(1), four]), m.Float(float.MinValue)]);
        string bias = m.Node("Add", [Buckets(m, x), added]);
        for (int layer = 0; layer < 2; layer++)
        {
            string normal = Rms(m, x);
            string q = PaddedModels.Split(m, m.MatMul(normal, m.Weight(Width, Width)), x);
            string k = PaddedModels.Split(m, m.MatMul(normal, m.Weight(Width, Width)), x);
            string v = PaddedModels.Split(m, m.MatMul(normal, m.Weight(Width, Width)), x);
            string logits = m.Node("Add", [m.MatMul(q, m.Transpose(k, 0, 1, 3, 2)), bias]);
            string merged = PaddedModels.Merge(m, m.MatMul(m.Softmax(logits), v));
            x = m.Node("Add", [x, m.MatMul(merged, m.Weight(Width, Width))]);
            string hidden = m.Node("Relu", [m.MatMul(Rms(m, x), m.Weight(Width, 16))]);
            x = m.Node("Add", [x, m.MatMul(hidden, m.Weight(16, Width))]);
        }

        x = Rms(m, x);
        m.Output(x, "last_hidden_state");
        string each = m.Node("Unsqueeze", [mask, m.Longs(2)]);
        string sum = m.Node("ReduceSum", [m.Node("Mul", [x, each]), m.Longs(1)], ExportedModel.Int("keepdims", 0));
        string count = m.Node("Clip", [m.Node("ReduceSum", [each, m.Longs(1)], ExportedModel.Int("keepdims", 0)), m.Float(1e-9f)]);
        m.Output(m.Node("Div", [sum, count]), "sentence_embedding");
        return m;
    }

    private static string Rms(ExportedModel m, string x)
    {
        string mean = m.Node("ReduceMean", [m.Node("Pow", [x, m.Float(2)])], ExportedModel.Ints("axes", -1));
        string root = m.Node("Sqrt", [m.Node("Add", [mean, m.Float(1e-6f)])]);
        return m.Node("Mul", [m.Weight(Width), m.Node("Mul", [x, m.Node("Div", [m.Float(1), root])])]);
    }

    // T5's own: half of the buckets ahead; near distances exact, far ones by their logarithm, up to 16.
    private static string Buckets(ExportedModel m, string x)
    {
        string at = m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]);
        string off = m.Node("Sub", [m.Node("Unsqueeze", [at, m.Longs(0)]), m.Node("Unsqueeze", [at, m.Longs(1)])]);
        string ahead = m.Node("Mul", [m.Cast(m.Node("Greater", [off, m.Long(0)]), DType.I64), m.Long(4)]);
        string far = m.Node("Abs", [off]);
        string log = m.Node("Div", [m.Node("Log", [m.Node("Div", [m.Cast(far, DType.F32), m.Float(2)])]), m.Float(2.0794415f)]);
        string large = m.Node("Add", [m.Cast(m.Node("Mul", [log, m.Float(2)]), DType.I64), m.Long(2)]);
        string full = m.Node("Expand", [m.Long(3), m.Node("Shape", [large])]);
        string bucket = m.Node("Add", [ahead, m.Node("Where", [m.Node("Less", [far, m.Long(2)]), far, m.Node("Min", [large, full])])]);
        return m.Node("Unsqueeze", [m.Transpose(m.Node("Gather", [m.Weight(8, 2), bucket]), 2, 0, 1), m.Longs(0)]);
    }

    /// <summary>CLIP's text: a triangle and a mask, heads in the batch axis, pooled where the largest id stands.</summary>
    public static ExportedModel Clip()
    {
        ExportedModel m = new(17);
        string ids = m.Input("input_ids", DType.I64, "batch", "sequence");
        string mask = m.Input("attention_mask", DType.I64, "batch", "sequence");
        (string batch, string n) = (m.Size(ids, 0), m.Size(ids, 1));
        string flat = m.Reshape(ids, m.Longs(-1), n);
        string positions = m.Node("Slice", [m.Constant([1, 12], [.. Enumerable.Range(0, 12).Select(static i => (long)i)]), m.Longs(0), n, m.Longs(1), m.Longs(1)]);
        string x = m.Node("Add", [m.Node("Gather", [m.Weight(20, Width), flat]), m.Node("Gather", [m.Weight(12, Width), positions])]);
        string full = m.Node("Expand", [m.Float(float.MinValue), m.Node("Concat", [n, n], ExportedModel.Int("axis", 0))]);
        string triangle = m.Node("Unsqueeze", [m.Node("Trilu", [full, m.Long(1)], ExportedModel.Int("upper", 1)), m.Longs(0, 1)]);
        string causal = m.Node("Expand", [triangle, m.Node("Concat", [batch, m.Longs(1), n, n], ExportedModel.Int("axis", 0))]);
        string wide = m.Node("Expand", [m.Node("Unsqueeze", [m.Node("Unsqueeze", [mask, m.Longs(1)]), m.Longs(2)]), m.Node("Concat", [batch, m.Longs(1), n, n], ExportedModel.Int("axis", 0))]);
        string inverted = m.Node("Sub", [m.Float(1), m.Cast(wide, DType.F32)]);
        string padding = m.Node("Where", [m.Cast(inverted, DType.Bool), m.Float(float.MinValue), inverted]);
        string rows = m.Node("Mul", [batch, m.Longs(2)]);
        string Rows(string part) => m.Reshape(PaddedModels.Split(m, part, x), rows, m.Longs(-1), m.Longs(4));
        string q = Rows(m.Node("Mul", [PaddedModels.Linear(m, x, Width), m.Float(0.5f)]));
        (string k, string v) = (Rows(PaddedModels.Linear(m, x, Width)), Rows(PaddedModels.Linear(m, x, Width)));
        string four = m.Reshape(m.MatMul(q, m.Transpose(k, 0, 2, 1)), batch, m.Longs(2), n, n);
        string masked = m.Node("Add", [m.Node("Add", [four, causal]), padding]);
        string attended = m.Reshape(m.MatMul(m.Softmax(m.Reshape(masked, rows, n, n)), v), batch, m.Longs(2), n, m.Longs(4));
        x = PaddedModels.Norm(m, m.Node("Add", [x, PaddedModels.Linear(m, PaddedModels.Merge(m, attended), Width)]));
        m.Output(x, "last_hidden_state");
        string end = m.Node("ArgMax", [m.Cast(ids, DType.I32)], ExportedModel.Int("axis", -1), ExportedModel.Int("keepdims", 0));
        string each = m.Node("Range", [m.Long(0), m.Scalar(x, 0), m.Long(1)]);
        string places = m.Node("Concat", [m.Node("Unsqueeze", [each, m.Longs(-1)]), m.Node("Unsqueeze", [end, m.Longs(-1)])], ExportedModel.Int("axis", -1));
        m.Output(m.Node("GatherND", [x, places]), "pooler_output");
        return m;
    }

    /// <summary>Attention, then a gated convolution over three neighbours, masked before it or not.</summary>
    public static ExportedModel Conformer(bool masksConvolution)
    {
        ExportedModel m = new(17);
        string features = m.Input("features", DType.F32, "batch", "frames", Width);
        string mask = m.Input("mask", DType.Bool, "batch", "frames");
        string hides = m.Node("Unsqueeze", [m.Node("Not", [mask]), m.Longs(1, 2)]);
        string x = PaddedModels.Layer(m, features, logits => m.Node("Where", [hides, m.Float(-10000), logits]));
        string gated = PaddedModels.Linear(m, PaddedModels.Norm(m, x), 16);
        string[] halves = m.Nodes("Split", 2, [m.Transpose(gated, 0, 2, 1), m.Longs(8, 8)], ExportedModel.Int("axis", 1));
        string glu = m.Node("Mul", [halves[0], m.Node("Sigmoid", [halves[1]])]);
        if (masksConvolution)
        {
            glu = m.Node("Where", [m.Node("Unsqueeze", [m.Node("Not", [mask]), m.Longs(1)]), m.Float(0), glu]);
        }

        string local = m.Node("Conv", [glu, m.Weight(Width, 1, 3), m.Weight(Width)], ExportedModel.Int("group", Width), ExportedModel.Ints("pads", 1, 1), ExportedModel.Ints("kernel_shape", 3));
        string normal = m.Node("BatchNormalization", [local, m.Weight(Width), m.Weight(Width), m.Weight(Width), m.Positive(Width)]);
        string back = m.Transpose(m.Node("Mul", [normal, m.Node("Sigmoid", [normal])]), 0, 2, 1);
        m.Output(m.Node("Add", [x, PaddedModels.Linear(m, back, Width)]), "encoded");
        return m;
    }
}
