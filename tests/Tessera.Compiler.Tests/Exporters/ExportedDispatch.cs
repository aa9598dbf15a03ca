using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Experts with a number of places each, tokens sent to them by masks of ones and zeros: as GShard, Switch and their ports to PyTorch do.</summary>
internal static class ExportedDispatch
{
    private const int K = 2;
    private const int Experts = ExportedExperts.Experts;
    private const int Size = ExportedExperts.Size;
    private const int Hidden = ExportedExperts.Hidden;

    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("masks, all first choices first, room for a share", static () => ByChoice(Share)),
        ("masks, all first choices first, room for all", static () => ByChoice(static (m, x) => m.Size(x, 0))),
        ("Switch by einsum, one choice, running sums without oneself", Switch),
        ("masks, token after token, room for a share", ByToken),
        ("gates of all experts, flags of all choices in one row, room for all", OneRow),
        ("scattered to expert times room plus place, the rest behind all others", static () => Scattered(drops: true)),
        ("scattered to expert times room plus place, room for all", static () => Scattered(drops: false)),
    ];

    // ⌊1.25 · 2 · tokens ÷ 4⌋ places.
    private static string Share(ExportedModel m, string x) => m.Node("Div", [m.Node("Mul", [m.Size(x, 0), m.Longs(5)]), m.Longs(8)]);

    private static string OneHot(ExportedModel m, string ids, string depth) => m.Node("OneHot", [ids, depth, m.Longs(0, 1)], ExportedModel.Int("axis", -1));

    private static string Fits(ExportedModel m, string places, string room, DType to) => m.Cast(m.Node("Less", [places, room]), to);

    private static string Expand(ExportedModel m, string x, params long[] axes) => m.Node("Unsqueeze", [x, m.Longs(axes)]);

    private static string Rank(ExportedModel m, string flags) => m.Node("Sub", [m.Node("CumSum", [flags, m.Long(0)]), m.Long(1)]);

    // relu(x · W) · V for every expert and its places at once, and back by the weights of the combination.
    private static ExportedModel Finish(ExportedModel m, string x, string dispatch, string combine, string room)
    {
        string sent = m.MatMul(m.Transpose(dispatch, 1, 2, 0), x);
        string results = m.MatMul(m.Node("Relu", [m.MatMul(sent, m.Weight(Experts, Size, Hidden))]), m.Weight(Experts, Hidden, Size));
        string all = m.Node("Mul", [room, m.Longs(Experts)]);
        m.Output(m.MatMul(m.Reshape(combine, m.Size(x, 0), all), m.Reshape(results, all, m.Longs(Size))));
        return m;
    }

    private static ExportedModel ByChoice(Func<ExportedModel, string, string> places)
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        string room = places(m, x);
        string scores = m.Softmax(logits);
        string ids = ExportedExperts.TopK(m, scores)[1];
        string flags = m.Transpose(OneHot(m, ids, m.Longs(Experts)), 1, 0, 2);
        string shape = m.Node("Shape", [flags]);
        string rank = m.Node("Reshape", [Rank(m, m.Node("Reshape", [flags, m.Longs(-1, Experts)])), shape]);
        string kept = m.Node("Mul", [flags, Fits(m, rank, room, DType.I64)]);
        string place = ExportedExperts.Sum(m, m.Node("Mul", [kept, rank]), -1, keep: false);
        string weights = m.Node("Mul", [m.Cast(kept, DType.F32), Expand(m, scores, 0)]);
        string rows = m.Cast(OneHot(m, place, room), DType.F32);
        string combine = ExportedExperts.Sum(m, m.Node("Mul", [Expand(m, weights, 3), Expand(m, rows, 2)]), 0, keep: false);
        return Finish(m, x, m.Cast(m.Cast(combine, DType.Bool), DType.F32), combine, room);
    }

    private static ExportedModel Switch()
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        string room = m.Node("Div", [m.Node("Add", [m.Size(x, 0), m.Longs(Experts - 1)]), m.Longs(Experts)]);
        string scores = m.Softmax(logits);
        string id = m.Node("ArgMax", [scores], ExportedModel.Int("axis", -1), ExportedModel.Int("keepdims", 0));
        string gate = m.Node("ReduceMax", [scores, m.Longs(-1)], ExportedModel.Int("keepdims", 0));
        string flags = OneHot(m, id, m.Longs(Experts));
        string places = m.Node("Mul", [m.Node("CumSum", [flags, m.Long(0)], ExportedModel.Int("exclusive", 1)), flags]);
        string kept = m.Cast(m.Node("Mul", [flags, Fits(m, places, room, DType.I64)]), DType.F32);
        string rows = m.Cast(OneHot(m, ExportedExperts.Sum(m, places, -1, keep: false), room), DType.F32);
        string dispatch = m.Node("Einsum", [kept, rows], ExportedModel.Text("equation", "te,tc->tec"));
        string combine = m.Node("Mul", [Expand(m, gate, 1, 2), dispatch]);
        string sent = m.Node("Einsum", [dispatch, x], ExportedModel.Text("equation", "tec,td->ecd"));
        string results = m.MatMul(m.Node("Relu", [m.MatMul(sent, m.Weight(Experts, Size, Hidden))]), m.Weight(Experts, Hidden, Size));
        m.Output(m.Node("Einsum", [combine, results], ExportedModel.Text("equation", "tec,ecd->td")));
        return m;
    }

    private static ExportedModel ByToken()
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        string room = Share(m, x);
        (string weights, string ids) = ExportedExperts.Renormalised(m, logits);
        string flags = OneHot(m, ids, m.Longs(Experts));
        string rank = m.Node("Reshape", [Rank(m, m.Node("Reshape", [flags, m.Longs(-1, Experts)])), m.Node("Shape", [flags])]);
        string place = ExportedExperts.Sum(m, m.Node("Mul", [flags, rank]), -1, keep: false);
        string rows = m.Cast(Expand(m, OneHot(m, place, room), 2), DType.F32);
        string each = m.Node("Mul", [Expand(m, m.Cast(flags, DType.F32), 3), rows]);
        string dispatch = ExportedExperts.Sum(m, each, 1, keep: false);
        string combine = ExportedExperts.Sum(m, m.Node("Mul", [Expand(m, weights, 2, 3), each]), 1, keep: false);
        return Finish(m, x, dispatch, combine, room);
    }

    // The place of a token at every expert, whether it goes there or not.
    private static ExportedModel OneRow()
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        string room = m.Size(x, 0);
        string scores = m.Softmax(logits);
        string ids = ExportedExperts.TopK(m, scores)[1];
        string flags = ExportedExperts.Sum(m, OneHot(m, ids, m.Longs(Experts)), 1, keep: false);
        string rows = m.Cast(OneHot(m, m.Node("Mul", [Rank(m, flags), flags]), room), DType.F32);
        string dispatch = m.Node("Mul", [Expand(m, m.Cast(flags, DType.F32), 2), rows]);
        return Finish(m, x, dispatch, m.Node("Mul", [dispatch, Expand(m, scores, 2)]), room);
    }

    private static ExportedModel Scattered(bool drops)
    {
        (ExportedModel m, string x, string logits) = ExportedExperts.Start();
        string room = drops ? Share(m, x) : m.Size(x, 0);
        (string weights, string ids) = ExportedExperts.Renormalised(m, logits);
        string flat = m.Node("Reshape", [ids, m.Longs(-1)]);
        string flags = OneHot(m, flat, m.Longs(Experts));
        string place = ExportedExperts.Sum(m, m.Node("Mul", [flags, Rank(m, flags)]), -1, keep: false);
        string end = m.Node("Mul", [room, m.Longs(Experts)]);
        string slot = m.Node("Add", [m.Node("Mul", [flat, room]), place]);
        slot = drops ? m.Node("Where", [m.Node("Less", [place, room]), slot, end]) : slot;
        string rows = m.Node("Expand", [Expand(m, x, 1), m.Node("Concat", [m.Size(x, 0), m.Longs(K), m.Longs(Size)], ExportedModel.Int("axis", 0))]);
        string size = drops ? m.Node("Add", [end, m.Longs(1)]) : end;
        string empty = m.Node("ConstantOfShape", [m.Node("Concat", [size, m.Longs(Size)], ExportedModel.Int("axis", 0))]);
        string buffer = m.Node("ScatterND", [empty, Expand(m, slot, -1), m.Node("Reshape", [rows, m.Longs(-1, Size)])]);
        buffer = drops ? m.Node("Slice", [buffer, m.Longs(0), end, m.Longs(0)]) : buffer;
        string sent = m.Reshape(buffer, m.Longs(Experts), room, m.Longs(Size));
        string results = m.MatMul(m.Node("Relu", [m.MatMul(sent, m.Weight(Experts, Size, Hidden))]), m.Weight(Experts, Hidden, Size));
        string all = m.Reshape(results, end, m.Longs(Size));
        string behind = m.Node("ConstantOfShape", [m.Longs(1, Size)]);
        all = drops ? m.Node("Concat", [all, behind], ExportedModel.Int("axis", 0)) : all;
        string back = m.Node("Reshape", [m.Node("Gather", [all, slot], ExportedModel.Int("axis", 0)), m.Longs(-1, K, Size)]);
        m.Output(ExportedExperts.Sum(m, m.Node("Mul", [back, Expand(m, weights, 2)]), 1, keep: false));
        return m;
    }
}
