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
}
