using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Mixtures of experts as exporters and builders of models write them: four experts of a width of 8 over tokens of 6.</summary>
internal static class ExportedExperts
{
    public const int Experts = 4;
    public const int Size = 6;
    public const int Hidden = 8;

    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("Mixtral, every expert on every token", static () => Masked(Renormalised)),
        ("Mixtral, tokens gathered by the flags of a one-hot", static () => Gathered(guarded: false)),
        ("Mixtral, each expert behind a guard", static () => Gathered(guarded: true)),
        ("Qwen, gates scattered, columns taken", static () => Scattered()),
        ("Switch, the greatest alone", Switch),
        ("OLMoE, top-k then softmax", static () => Masked(SoftmaxLast)),
        ("DeepSeek-V3, sigmoid and a bias", static () => Masked(WithBias)),
        ("GPT-OSS, one product over all experts", Batched),
        ("matrices gathered for each token", Picked),
        ("a loop over stacks", static () => Looped(["tokens", Size])),
        ("a loop whose sum has no declared rank", static () => Looped(null)),
        ("a scan over stacks and columns of gates", Scanned),
        .. ExportedRouters.All,
        .. ExportedSortedExperts.All,
        .. ExportedDispatch.All,
    ];

    /// <summary>Tokens, and logits of so many experts.</summary>
    public static (ExportedModel M, string X, string Logits) Start(long experts = Experts)
    {
        ExportedModel m = new(18);
        string x = m.Input("x", DType.F32, "tokens", Size);
        return (m, x, m.MatMul(x, m.Weight(Size, experts)));
    }

    /// <summary>Softmax, the two best, their weights made to sum to 1.</summary>
    public static (string Weights, string Ids) Renormalised(ExportedModel m, string logits)
    {
        string[] top = TopK(m, m.Softmax(logits));
        return (m.Node("Div", [top[0], Sum(m, top[0], 1, keep: true)]), top[1]);
    }

    private static (string Weights, string Ids) SoftmaxLast(ExportedModel m, string logits)
    {
        string[] top = TopK(m, logits);
        return (m.Softmax(top[0]), top[1]);
    }

    private static (string Weights, string Ids) WithBias(ExportedModel m, string logits)
    {
        string scores = m.Node("Sigmoid", [logits]);
        string[] top = TopK(m, m.Node("Add", [scores, m.Weight(Experts)]));
        string picked = m.Node("GatherElements", [scores, top[1]], ExportedModel.Int("axis", 1));
        string sum = m.Node("Add", [Sum(m, picked, 1, keep: true), m.Float(1e-20f)]);
        return (m.Node("Mul", [m.Node("Div", [picked, sum]), m.Float(2.5f)]), top[1]);
    }

    public static string[] TopK(ExportedModel m, string scores, long k = 2) =>
        m.Nodes("TopK", 2, [scores, m.Longs(k)], ExportedModel.Int("axis", -1), ExportedModel.Int("largest", 1), ExportedModel.Int("sorted", 1));

    public static string Sum(ExportedModel m, string x, long axis, bool keep) => m.Node("ReduceSum", [x, m.Longs(axis)], ExportedModel.Int("keepdims", keep ? 1 : 0));

    /// <summary>down(silu(gate(x)) · up(x)).</summary>
    public static string Expert(ExportedModel m, string x)
    {
        string gate = m.MatMul(x, m.Weight(Size, Hidden));
        string up = m.MatMul(x, m.Weight(Size, Hidden));
        string h = m.Node("Mul", [m.Node("Mul", [gate, m.Node("Sigmoid", [gate])]), up]);
        return m.MatMul(h, m.Weight(Hidden, Size));
    }

    /// <summary>Every expert on every token, by some router.</summary>
    public static ExportedModel Masked(Func<ExportedModel, string, (string Weights, string Ids)> router, long experts = Experts)
    {
        (ExportedModel m, string x, string logits) = Start(experts);
        (string weights, string ids) = router(m, logits);
        string sum = m.Node("Mul", [x, m.Float(0)]);
        for (int e = 0; e < experts; e++)
        {
            string here = m.Cast(m.Node("Equal", [ids, m.Long(e)]), DType.F32);
            string gate = Sum(m, m.Node("Mul", [here, weights]), 1, keep: true);
            string term = m.Node("Mul", [gate, Expert(m, x)]);
            sum = e == 0 ? term : m.Node("Add", [sum, term]);
        }

        m.Output(m.Node("Add", [x, sum]));
        return m;
    }

    private static ExportedModel Scattered()
    {
        (ExportedModel m, string x, string logits) = Start();
        (string weights, string ids) = Renormalised(m, logits);
        string zeros = m.Node("ConstantOfShape", [m.Node("Shape", [logits])]);
        string gates = m.Node("ScatterElements", [zeros, ids, weights], ExportedModel.Int("axis", 1));
        string sum = m.Node("ConstantOfShape", [m.Node("Shape", [x])]);
        for (int e = 0; e < Experts; e++)
        {
            string gate = m.Node("Unsqueeze", [m.Node("Gather", [gates, m.Long(e)], ExportedModel.Int("axis", 1)), m.Longs(1)]);
            sum = m.Node("Add", [sum, m.Node("Mul", [Expert(m, x), gate])]);
        }

        m.Output(sum);
        return m;
    }

    private static ExportedModel Gathered(bool guarded)
    {
        (ExportedModel m, string x, string logits) = Start();
        (string weights, string ids) = Renormalised(m, logits);
        string hot = m.Node("OneHot", [ids, m.Longs(Experts), m.Longs(0, 1)], ExportedModel.Int("axis", -1));
        string mask = m.Transpose(hot, 2, 1, 0);
        string sum = m.Node("ConstantOfShape", [m.Node("Shape", [x])]);
        for (int e = 0; e < Experts; e++)
        {
            string flags = m.Node("Gather", [mask, m.Long(e)], ExportedModel.Int("axis", 0));
            string[] found = m.Nodes("Split", 2, [m.Transpose(m.Node("NonZero", [flags]), 1, 0)], ExportedModel.Int("axis", 1), ExportedModel.Int("num_outputs", 2));
            string token = m.Node("Squeeze", [found[1], m.Longs(1)]);
            string rows = m.Node("Gather", [x, token], ExportedModel.Int("axis", 0));
            string at = m.Node("Concat", [found[1], found[0]], ExportedModel.Int("axis", 1));
            string weight = m.Node("Unsqueeze", [m.Node("GatherND", [weights, at]), m.Longs(1)]);
            string before = sum;
            string Step(ExportedModel into) => into.Node(
                "ScatterND", [before, found[1], into.Node("Mul", [Expert(into, rows), weight])], ExportedModel.Text("reduction", "add"));
            sum = guarded
                ? m.If(m.Node("Greater", [m.Node("Size", [token]), m.Long(0)]), Step, into => into.Node("Identity", [before]))
                : Step(m);
        }

        m.Output(sum);
        return m;
    }

    private static ExportedModel Switch()
    {
        (ExportedModel m, string x, string logits) = Start();
        string scores = m.Softmax(logits);
        string id = m.Node("ArgMax", [scores], ExportedModel.Int("axis", -1), ExportedModel.Int("keepdims", 1));
        string best = m.Node("ReduceMax", [scores, m.Longs(-1)], ExportedModel.Int("keepdims", 1));
        string sum = x;
        for (int e = 0; e < Experts; e++)
        {
            string gate = m.Node("Where", [m.Node("Equal", [id, m.Long(e)]), best, m.Float(0)]);
            string h = m.Node("Relu", [m.Node("Add", [m.MatMul(x, m.Weight(Size, Hidden)), m.Weight(Hidden)])]);
            string y = m.Node("Add", [m.MatMul(h, m.Weight(Hidden, Size)), m.Weight(Size)]);
            sum = m.Node("Add", [sum, m.Node("Mul", [y, gate])]);
        }

        m.Output(sum);
        return m;
    }

    // gate · σ(1.702 gate) · (up + 1), both in one matrix, bounded by 7.
    private static ExportedModel Batched()
    {
        (ExportedModel m, string x, string logits) = Start();
        (string weights, string ids) = SoftmaxLast(m, logits);
        string zeros = m.Node("ConstantOfShape", [m.Node("Shape", [logits])]);
        string gates = m.Node("ScatterElements", [zeros, ids, weights], ExportedModel.Int("axis", 1));
        string all = m.Node("Expand", [m.Node("Unsqueeze", [x, m.Longs(0)]), m.Longs(Experts, 1, 1)]);
        string both = m.Node("Add", [m.MatMul(all, m.Weight(Experts, Size, 2 * Hidden)), m.Node("Unsqueeze", [m.Weight(Experts, 2 * Hidden), m.Longs(1)])]);
        string gate = m.Node("Clip", [Every(m, both, 0), "", m.Float(7)]);
        string up = m.Node("Clip", [Every(m, both, 1), m.Float(-7), m.Float(7)]);
        string glu = m.Node("Mul", [gate, m.Node("Sigmoid", [m.Node("Mul", [gate, m.Float(1.702f)])])]);
        string h = m.Node("Mul", [m.Node("Add", [up, m.Float(1)]), glu]);
        string y = m.Node("Add", [m.MatMul(h, m.Weight(Experts, Hidden, Size)), m.Node("Unsqueeze", [m.Weight(Experts, Size), m.Longs(1)])]);
        string columns = m.Node("Unsqueeze", [m.Transpose(gates, 1, 0), m.Longs(2)]);
        m.Output(Sum(m, m.Node("Mul", [y, columns]), 0, keep: false));
        return m;
    }

    private static string Every(ExportedModel m, string x, long from) =>
        m.Node("Slice", [x, m.Longs(from), m.Longs(long.MaxValue), m.Longs(2), m.Longs(2)]);

    private static ExportedModel Picked()
    {
        (ExportedModel m, string x, string logits) = Start();
        (string weights, string ids) = Renormalised(m, logits);
        string row = m.Node("Unsqueeze", [x, m.Longs(1, 2)]);
        string h = m.Node("Relu", [m.MatMul(row, m.Node("Gather", [m.Weight(Experts, Size, Hidden), ids], ExportedModel.Int("axis", 0)))]);
        string y = m.MatMul(h, m.Node("Gather", [m.Weight(Experts, Hidden, Size), ids], ExportedModel.Int("axis", 0)));
        string flat = m.Node("Squeeze", [y, m.Longs(2)]);
        m.Output(Sum(m, m.Node("Mul", [flat, m.Node("Unsqueeze", [weights, m.Longs(2)])]), 1, keep: false));
        return m;
    }

    private static ExportedModel Looped(object[]? dims)
    {
        (ExportedModel m, string x, string logits) = Start();
        (string weights, string ids) = Renormalised(m, logits);
        (string first, string second) = (m.Weight(Experts, Size, Hidden), m.Weight(Experts, Hidden, Size));
        string start = m.Node("ConstantOfShape", [m.Node("Shape", [x])]);
        m.Output(m.Loop(m.Long(Experts), start, dims, (into, round, sum) =>
        {
            string here = into.Node("Where", [into.Node("Equal", [ids, round]), weights, into.Float(0)]);
            string gate = Sum(into, here, 1, keep: true);
            string h = into.Node("Relu", [into.MatMul(x, into.Node("Gather", [first, round], ExportedModel.Int("axis", 0)))]);
            string y = into.MatMul(h, into.Node("Gather", [second, round], ExportedModel.Int("axis", 0)));
            return into.Node("Add", [sum, into.Node("Mul", [y, gate])]);
        }));
        return m;
    }

    private static ExportedModel Scanned()
    {
        (ExportedModel m, string x, string logits) = Start();
        (string weights, string ids) = Renormalised(m, logits);
        string zeros = m.Node("ConstantOfShape", [m.Node("Shape", [logits])]);
        string gates = m.Node("ScatterElements", [zeros, ids, weights], ExportedModel.Int("axis", 1));
        string start = m.Node("ConstantOfShape", [m.Node("Shape", [x])]);
        (string, object[])[] scanned =
        [
            (m.Weight(Experts, Size, Hidden), [Size, Hidden]), (m.Weight(Experts, Hidden, Size), [Hidden, Size]), (m.Transpose(gates, 1, 0), ["tokens"]),
        ];
        m.Output(m.Scan(start, ["tokens", Size], scanned, (into, sum, slices) =>
        {
            string h = into.Node("Relu", [into.MatMul(x, slices[0])]);
            string gate = into.Node("Unsqueeze", [slices[2], into.Longs(1)]);
            return into.Node("Add", [sum, into.Node("Mul", [into.MatMul(h, slices[1]), gate])]);
        }));
        return m;
    }
}
