using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Losses over classes: <c>x[N, C, d…]</c> against <c>target[N, d…]</c>, with a weight for each class.</summary>
internal static class LossTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("NegativeLogLikelihoodLoss", static node => Negative(node, node.Operand(0)) is { } loss ? [loss] : null),
        new("SoftmaxCrossEntropyLoss", CrossEntropy),
    ];

    private static IReadOnlyList<Value?>? CrossEntropy(NodeView node)
    {
        Value logs = node.Emit(new LogSoftmax(node.Operand(0)) { Axis = 1 });
        return Negative(node, logs) is { } loss ? [loss, logs] : null;
    }

    // −x[n, target[n, d…], d…] · weight[target[n, d…]]; what is ignored is 0 and weighs nothing.
    private static Value? Negative(NodeView node, Value x)
    {
        Value target = node.Operand(1);
        if (x.Type is not TensorType { Shape.Rank: >= 2 } || target.Type is not TensorType { Shape.Rank: >= 1 })
        {
            return null;
        }

        Value? ignored = null;
        if (node.Attribute("ignore_index") is { } ignore)
        {
            ignored = node.Emit(new Equal(target, node.Scalar(target.DType, ignore.I)));
            target = node.Emit(new Where(ignored, node.Scalar(target.DType, 0), target));
        }

        Value chosen = node.Emit(new GatherElements(x, node.Emit(new Unsqueeze(target) { Axes = [1] })) { Axis = 1 });
        Value losses = node.Emit(new Neg(node.Emit(new Squeeze(chosen) { Axes = [1] })));
        Value? weights = node[2] is { } table ? node.Emit(new Gather(table, target) { Axis = 0 })
            : ignored is null ? null
            : node.Emit(new Expand(node.Scalar(x.DType, 1)) { Shape = target.Shape });
        Value? kept = weights is null || ignored is null ? weights : Without(node, ignored, weights);
        losses = node[2] is null ? losses : node.Emit(new Mul(losses, weights!));
        losses = ignored is null ? losses : Without(node, ignored, losses);
        return Reduced(node, losses, kept);
    }

    private static Value Without(NodeView node, Value ignored, Value x) => node.Emit(new Where(ignored, node.Scalar(x.DType, 0), x));

    private static Value? Reduced(NodeView node, Value losses, Value? weights)
    {
        EquatableArray<long> all = [.. Enumerable.Range(0, losses.Rank).Select(static a => (long)a)];
        return node.Text("reduction", "mean") switch
        {
            "none" => losses,
            "sum" => node.Emit(new ReduceSum(losses) { Axes = all }),
            "mean" => weights is null
                ? node.Emit(new ReduceMean(losses) { Axes = all })
                : node.Emit(new Div(node.Emit(new ReduceSum(losses) { Axes = all }), node.Emit(new ReduceSum(weights) { Axes = all }))),
            _ => null,
        };
    }
}
