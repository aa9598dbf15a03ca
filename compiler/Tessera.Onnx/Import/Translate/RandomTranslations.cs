using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Random numbers without a seed: each node has an id of its own.</summary>
internal static class RandomTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("RandomUniform", static node => Fill(node, RandomKind.Uniform, "low", "high")),
        new("RandomNormal", static node => Fill(node, RandomKind.Normal, "mean", "scale")),
        new("RandomUniformLike", static node => Like(node, RandomKind.Uniform, "low", "high")),
        new("RandomNormalLike", static node => Like(node, RandomKind.Normal, "mean", "scale")),
        new("Bernoulli", static node => [node.Emit(new Bernoulli(node.Operand(0)) { Seed = Seed(node), Id = Id(node), To = Type(node) })]),
        new("Dropout", Dropout) { Since = 12 },
    ];

    // What is not known to be off is on or off when it runs; what is off leaves x.
    private static IReadOnlyList<Value?>? Dropout(NodeView node) => node[2] is null || node.Content(2)?.B[0] == false
        ? null
        : node.EmitAll(new Dropout(node.Operand(0), node[1], node[2])
        {
            Seed = node.Attribute("seed")?.I,
            Id = Dim.Const(node.Builder.UniqueId()),
        });

    private static IReadOnlyList<Value?> Fill(NodeView node, RandomKind kind, string first, string second) =>
    [
        node.Emit(new RandomFill
        {
            Kind = kind,
            First = node.Float(first, 0),
            Second = node.Float(second, 1),
            Sizes = [.. node.Ints("shape") ?? []],
            Seed = Seed(node),
            Id = Id(node),
            To = Type(node),
        }),
    ];

    private static IReadOnlyList<Value?> Like(NodeView node, RandomKind kind, string first, string second) =>
    [
        node.Emit(new RandomLike(node.Operand(0))
        {
            Kind = kind,
            First = node.Float(first, 0),
            Second = node.Float(second, 1),
            Seed = Seed(node),
            Id = Id(node),
            To = Type(node),
        }),
    ];

    private static Real Seed(NodeView node) => node.Float("seed", double.NaN);

    private static Dim? Id(NodeView node) => node.Attribute("seed") is null ? Dim.Const(node.Builder.UniqueId()) : null;

    private static DType Type(NodeView node) => (DType)node.Int("dtype", 0);
}
