using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Tokens sorted by expert, a segment for each, and brought back: DeepSeek's inference and grouped matmuls as they are exported.</summary>
internal static class ExportedSortedExperts
{
    private const int K = 2;
    private const int Experts = ExportedExperts.Experts;
    private const int Size = ExportedExperts.Size;
    private const int Hidden = ExportedExperts.Hidden;

    /// <summary>Of no tokens at all it is not defined, nor is it in PyTorch: a view of (0, k, −1) could have any last size.</summary>
    public const string NeverEmpty = "DeepSeek's moe_infer: sorted, sliced by running counts, scattered back";

    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        (NeverEmpty, Scattered),
        ("grouped_mm: every product in segments, gathered back by the inverse order", Grouped),
        ("sorted, split by counts, added to their tokens", Added),
    ];

    // Rows of assignments in the order of their experts: what is at each place, and the token of it.
    private static (string Order, string Token) Sorted(ExportedModel m, string ids)
    {
        string order = ArgSort(m, m.Node("Reshape", [ids, m.Longs(-1)]));
        return (order, m.Node("Div", [order, m.Long(K)]));
    }

    private static string ArgSort(ExportedModel m, string x) =>
        m.Nodes("TopK", 2, [x, m.Node("Shape", [x])], ExportedModel.Int("axis", 0), ExportedModel.Int("largest", 0), ExportedModel.Int("sorted", 1))[1];

    private static ExportedModel Scattered()
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        (string weights, string ids) = ExportedExperts.Renormalised(m, logits);
        string none = m.Node("ConstantOfShape", [m.Node("Concat", [m.Size(ids, 0), m.Longs(Experts)], ExportedModel.Int("axis", 0))], ExportedModel.Filled(0));
        string ones = m.Node("ConstantOfShape", [m.Node("Shape", [ids])], ExportedModel.Filled(1));
        string counts = ExportedExperts.Sum(m, m.Node("ScatterElements", [none, ids, ones], ExportedModel.Int("axis", 1)), 0, keep: false);
        (string order, string token) = Sorted(m, ids);
        string rows = m.Node("Gather", [x, token], ExportedModel.Int("axis", 0));
        string start = m.Long(0);
        List<string> parts = [];
        for (int e = 0; e < Experts; e++)
        {
            string end = m.Node("Add", [start, m.Node("Gather", [counts, m.Long(e)], ExportedModel.Int("axis", 0))]);
            string own = m.Node("Slice", [rows, Vector(m, start), Vector(m, end), m.Longs(0)]);
            parts.Add(ExportedExperts.Expert(m, own));
            start = end;
        }

        string outs = m.Node("Concat", [.. parts], ExportedModel.Int("axis", 0));
        string empty = m.Node("ConstantOfShape", [m.Node("Shape", [outs])]);
        string back = m.Node("ScatterND", [empty, m.Node("Unsqueeze", [order, m.Longs(-1)]), outs]);
        string each = m.Node("Reshape", [back, m.Node("Concat", [m.Node("Shape", [ids]), m.Longs(-1)], ExportedModel.Int("axis", 0))]);
        m.Output(ExportedExperts.Sum(m, m.Node("Mul", [each, m.Node("Unsqueeze", [weights, m.Longs(-1)])]), 1, keep: false));
        return m;
    }

    private static ExportedModel Grouped()
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        (string weights, string ids) = ExportedExperts.Renormalised(m, logits);
        string flat = m.Node("Reshape", [ids, m.Longs(-1)]);
        string tokens = m.Node("Range", [m.Long(0), m.Scalar(x, 0), m.Long(1)]);
        string pairs = m.Node("Expand", [m.Node("Unsqueeze", [tokens, m.Longs(1)]), m.Node("Concat", [m.Size(x, 0), m.Longs(K)], ExportedModel.Int("axis", 0))]);
        string order = ArgSort(m, flat);
        string inverse = ArgSort(m, order);
        string token = m.Node("Gather", [m.Node("Reshape", [pairs, m.Longs(-1)]), order], ExportedModel.Int("axis", 0));
        string weight = m.Node("Gather", [m.Node("Reshape", [weights, m.Longs(-1)]), order], ExportedModel.Int("axis", 0));
        string here = m.Node("Equal", [m.Node("Unsqueeze", [m.Node("Gather", [flat, order], ExportedModel.Int("axis", 0)), m.Longs(1)]), m.Constant([Experts], [.. Enumerable.Range(0, Experts)])]);
        string ends = m.Node("CumSum", [ExportedExperts.Sum(m, m.Cast(here, DType.I64), 0, keep: false), m.Long(0)]);
        string rows = m.Node("Gather", [x, token], ExportedModel.Int("axis", 0));
        string gate = Products(m, rows, ends, Size, Hidden);
        string up = Products(m, rows, ends, Size, Hidden);
        string h = m.Node("Mul", [m.Node("Mul", [gate, m.Node("Sigmoid", [gate])]), up]);
        string y = m.Node("Mul", [Products(m, h, ends, Hidden, Size), m.Node("Unsqueeze", [weight, m.Longs(-1)])]);
        string back = m.Node("Gather", [y, inverse], ExportedModel.Int("axis", 0));
        m.Output(ExportedExperts.Sum(m, m.Node("Reshape", [back, m.Longs(-1, K, Size)]), 1, keep: false));
        return m;
    }

    // Each segment times its own matrix of a stack.
    private static string Products(ExportedModel m, string rows, string ends, long from, long to)
    {
        string stack = m.Weight(Experts, from, to);
        List<string> parts = [];
        for (int e = 0; e < Experts; e++)
        {
            string start = e == 0 ? m.Longs(0) : Vector(m, m.Node("Gather", [ends, m.Long(e - 1)], ExportedModel.Int("axis", 0)));
            string end = Vector(m, m.Node("Gather", [ends, m.Long(e)], ExportedModel.Int("axis", 0)));
            parts.Add(m.MatMul(m.Node("Slice", [rows, start, end, m.Longs(0)]), m.Node("Gather", [stack, m.Long(e)], ExportedModel.Int("axis", 0))));
        }

        return m.Node("Concat", [.. parts], ExportedModel.Int("axis", 0));
    }

    private static ExportedModel Added()
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        (string weights, string ids) = ExportedExperts.Renormalised(m, logits);
        (string order, string token) = Sorted(m, ids);
        string hot = m.Node("OneHot", [m.Node("Reshape", [ids, m.Longs(-1)]), m.Longs(Experts), m.Longs(0, 1)], ExportedModel.Int("axis", -1));
        string counts = ExportedExperts.Sum(m, hot, 0, keep: false);
        string weight = m.Node("Gather", [m.Node("Reshape", [weights, m.Longs(-1)]), order], ExportedModel.Int("axis", 0));
        string[] at = m.Nodes("Split", Experts, [token, counts], ExportedModel.Int("axis", 0));
        string[] factor = m.Nodes("Split", Experts, [m.Node("Unsqueeze", [weight, m.Longs(-1)]), counts], ExportedModel.Int("axis", 0));
        IEnumerable<string> parts = Enumerable.Range(0, Experts).Select(e =>
            m.Node("Mul", [ExportedExperts.Expert(m, m.Node("Gather", [x, at[e]], ExportedModel.Int("axis", 0))), factor[e]]));
        string outs = m.Node("Concat", [.. parts], ExportedModel.Int("axis", 0));
        string zeros = m.Node("ConstantOfShape", [m.Node("Shape", [x])]);
        m.Output(m.Node("ScatterND", [zeros, m.Node("Unsqueeze", [token, m.Longs(-1)]), outs], ExportedModel.Text("reduction", "add")));
        return m;
    }

    private static string Vector(ExportedModel m, string scalar) => m.Node("Unsqueeze", [scalar, m.Longs(0)]);
}
