using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Routers that first choose among groups of experts, as DeepSeek's models are exported: the best 2 of 4 groups of 2, then 3 experts.</summary>
internal static class ExportedRouters
{
    private const int Experts = 8;
    private const int Groups = 4;
    private const int Kept = 2;
    private const int K = 3;

    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("DeepSeek-V3, groups by their two best, the others 0", static () => ExportedExperts.Masked(VersionThree, Experts)),
        ("DeepSeek-V2, groups by their best, the others 0", static () => ExportedExperts.Masked(VersionTwo, Experts)),
        ("DeepSeek's own inference, the other groups −∞", static () => ExportedExperts.Masked(Inference, Experts)),
    ];

    // transformers' DeepseekV3TopkRouter: the bias of a trained model is above 0.
    private static (string Weights, string Ids) VersionThree(ExportedModel m, string logits)
    {
        string scores = m.Node("Sigmoid", [logits]);
        string keys = m.Node("Add", [scores, m.Node("Unsqueeze", [m.Positive(Experts), m.Longs(0)])]);
        string[] two = ExportedExperts.TopK(m, Split(m, keys), 2);
        string ids = ExportedExperts.TopK(m, Masked(m, keys, ExportedExperts.Sum(m, two[0], -1, keep: false)), K)[1];
        string picked = m.Node("GatherElements", [scores, ids], ExportedModel.Int("axis", 1));
        string sum = m.Node("Add", [ExportedExperts.Sum(m, picked, -1, keep: true), m.Float(1e-20f)]);
        return (m.Node("Mul", [m.Node("Div", [picked, sum]), m.Float(2.5f)]), ids);
    }

    private static (string Weights, string Ids) VersionTwo(ExportedModel m, string logits)
    {
        string scores = m.Softmax(logits);
        string best = m.Node("ReduceMax", [Split(m, scores), m.Longs(-1)], ExportedModel.Int("keepdims", 0));
        string[] top = ExportedExperts.TopK(m, Masked(m, scores, best), K);
        return (m.Node("Mul", [top[0], m.Float(16)]), top[1]);
    }

    // A mask of ones in which the best groups are cleared, over the keys cut in groups.
    private static (string Weights, string Ids) Inference(ExportedModel m, string logits)
    {
        string scores = m.Node("Sigmoid", [logits]);
        string cut = Split(m, m.Node("Add", [scores, m.Weight(Experts)]));
        string groups = ExportedExperts.TopK(m, ExportedExperts.Sum(m, ExportedExperts.TopK(m, cut, 2)[0], -1, keep: false), Kept)[1];
        string ones = m.Node("Expand", [m.Flags([1], static _ => true), m.Node("Concat", [m.Size(logits, 0), m.Longs(Groups)], ExportedModel.Int("axis", 0))]);
        string off = m.Node("Expand", [m.Flags([1], static _ => false), m.Node("Shape", [groups])]);
        string others = m.Node("ScatterElements", [ones, groups, off], ExportedModel.Int("axis", 1));
        string masked = m.Node("Where", [m.Node("Unsqueeze", [others, m.Longs(-1)]), m.Float(float.NegativeInfinity), cut]);
        string ids = ExportedExperts.TopK(m, m.Node("Flatten", [masked], ExportedModel.Int("axis", 1)), K)[1];
        string picked = m.Node("GatherElements", [scores, ids], ExportedModel.Int("axis", 1));
        return (m.Node("Mul", [m.Node("Div", [picked, ExportedExperts.Sum(m, picked, -1, keep: true)]), m.Float(2.5f)]), ids);
    }

    private static string Split(ExportedModel m, string keys) => m.Node("Reshape", [keys, m.Longs(-1, Groups, Experts / Groups)]);

    // keys.masked_fill(~mask, 0), the mask scattered and repeated for each expert of a group.
    private static string Masked(ExportedModel m, string keys, string groupScores)
    {
        string groups = ExportedExperts.TopK(m, groupScores, Kept)[1];
        string zeros = m.Node("ConstantOfShape", [m.Node("Shape", [groupScores])]);
        string ones = m.Node("Expand", [m.Float(1), m.Node("Shape", [groups])]);
        string mask = m.Node("ScatterElements", [zeros, groups, ones], ExportedModel.Int("axis", 1));
        string size = m.Node("Concat", [m.Size(keys, 0), m.Longs(Groups), m.Longs(Experts / Groups)], ExportedModel.Int("axis", 0));
        string each = m.Node("Reshape", [m.Node("Expand", [m.Node("Unsqueeze", [mask, m.Longs(-1)]), size]), m.Longs(-1, Experts)]);
        return m.Node("Where", [m.Node("Not", [m.Cast(each, DType.Bool)]), m.Float(0), keys]);
    }
}
