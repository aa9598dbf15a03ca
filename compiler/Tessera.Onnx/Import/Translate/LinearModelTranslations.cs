using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Linear models of <c>ai.onnx.ml</c>: products with a matrix of coefficients, and what is applied to the scores.</summary>
internal static class LinearModelTranslations
{
    private const string Domain = "ai.onnx.ml";

    public static IEnumerable<Translation> All =>
    [
        new("LinearRegressor", static node => Scores(node, node.Int("targets", 1)) is { } scores && Transformed(node, scores) is { } y ? [y] : null) { Domain = Domain },
        new("LinearClassifier", Classified) { Domain = Domain },
    ];

    // x[N, F] · coefficients[T, F]ᵀ + intercepts[T]
    private static Value? Scores(NodeView node, long targets)
    {
        Value x = FeatureTranslations.Real(node, 0);
        if (node.Floats("coefficients") is not { } coefficients || targets < 1 || coefficients.Length % targets != 0 || x.Type is not TensorType { Shape.Rank: 2 })
        {
            return null;
        }

        Value matrix = node.Emit(new Constant { Value = TensorContent.From<float>(DType.F32, [targets, coefficients.Length / targets], coefficients) });
        Value product = node.Emit(new MatMul(x, node.Emit(new Transpose(matrix) { Perm = [1, 0] })));
        return node.Floats("intercepts") is { Length: > 0 } intercepts ? node.Emit(new Add(product, FeatureTranslations.Vector(node, intercepts))) : product;
    }

    private static Value? Transformed(NodeView node, Value scores) => node.Text("post_transform", "NONE") switch
    {
        "NONE" => scores,
        "SOFTMAX" => node.Emit(new Softmax(scores) { Axis = 1 }),
        "LOGISTIC" => node.Emit(new Sigmoid(scores)),
        _ => null,
    };

    // One class has the greatest score. (One score for two classes is decided by rules of its own.)
    private static IReadOnlyList<Value?>? Classified(NodeView node)
    {
        TensorContent? labels = node.Strings("classlabels_strings") is { Length: > 1 } texts ? TensorContent.FromStrings([texts.Length], texts)
            : node.Ints("classlabels_ints") is { Length: > 1 } ints ? TensorContent.Vector(ints)
            : null;
        if (labels is null || (node.Floats("intercepts") is { } given && given.Length != labels.Count) || Scores(node, labels.Count) is not { } scores || Transformed(node, scores) is not { } y)
        {
            return null;
        }

        Value best = node.Emit(new ArgMax(scores) { Axis = 1 });
        return [node.Emit(new Gather(node.Emit(new Constant { Value = labels }), best) { Axis = 0 }), y];
    }
}
