using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Steps of optimisers (<c>ai.onnx.preview.training</c>): a rate, a count of steps, then groups of tensors of the same number each.</summary>
internal static class TrainingTranslations
{
    private const string Domain = "ai.onnx.preview.training";

    public static IEnumerable<Translation> All =>
    [
        new("Adagrad", static node => Each(node, 3, Adagrad)) { Domain = Domain },
        new("Adam", static node => Each(node, 4, Adam)) { Domain = Domain },
        new("Momentum", static node => Each(node, 3, Momentum)) { Domain = Domain },
    ];

    // One step for each tensor; results stand grouped as the operands do.
    private static IReadOnlyList<Value?>? Each(NodeView node, int groups, Func<NodeView, Value[], Value[]?> step)
    {
        int count = (node.InputCount - 2) / groups;
        Value[]?[] steps = [.. Enumerable.Range(0, count).Select(i => step(node, [.. Enumerable.Range(0, groups).Select(g => node.Operand(2 + (g * count) + i))]))];
        return count < 1 || steps.Any(static s => s is null)
            ? null
            : [.. Enumerable.Range(0, steps[0]!.Length).SelectMany(k => steps.Select(s => s![k]))];
    }

    private static Value[] Adagrad(NodeView node, Value[] given)
    {
        (Value x, Value h) = (given[0], given[2]);
        Value steps = node.Emit(new Cast(node.Operand(1)) { To = x.DType });
        Value rate = Div(node, node.Operand(0), Add(node, Mul(node, steps, Number(node, x, "decay_factor", 0)), node.Scalar(x.DType, 1)));
        Value gradient = Regularised(node, x, given[1]);
        Value squares = Add(node, h, Mul(node, gradient, gradient));
        Value scale = Add(node, node.Emit(new Sqrt(squares)), Number(node, x, "epsilon", 9.999999974752427e-7));
        return [Sub(node, x, Div(node, Mul(node, rate, gradient), scale)), squares];
    }

    private static Value[] Adam(NodeView node, Value[] given)
    {
        Value x = given[0];
        (double alpha, double beta) = (node.Float("alpha", 0.9f), node.Float("beta", 0.999f));
        Value gradient = Regularised(node, x, given[1]);
        Value mean = Add(node, Times(node, given[2], alpha), Times(node, gradient, 1 - alpha));
        Value squares = Add(node, Times(node, given[3], beta), Times(node, Mul(node, gradient, gradient), 1 - beta));
        Value scale = Add(node, node.Emit(new Sqrt(squares)), Number(node, x, "epsilon", 9.999999974752427e-7));
        Value steps = node.Emit(new Cast(node.Operand(1)) { To = x.DType });
        Value one = node.Scalar(x.DType, 1);
        Value Unbiased(double factor) => Sub(node, one, node.Emit(new Pow(node.Scalar(x.DType, factor), steps)));
        Value adjusted = Div(node, Mul(node, node.Operand(0), node.Emit(new Sqrt(Unbiased(beta)))), Unbiased(alpha));
        Value rate = node.Emit(new Where(node.Emit(new Greater(steps, node.Scalar(x.DType, 0))), adjusted, node.Operand(0)));
        Value next = Sub(node, x, Div(node, Mul(node, rate, mean), scale));
        return [Times(node, next, 1 - node.Float("norm_coefficient_post", 0)), mean, squares];
    }

    private static Value[]? Momentum(NodeView node, Value[] given)
    {
        (Value x, string mode) = (given[0], node.Text("mode", ""));
        if (mode is not ("standard" or "nesterov"))
        {
            return null;
        }

        Value gradient = Regularised(node, x, given[1]);
        Value isLater = node.Emit(new Greater(node.Operand(1), node.Scalar(node.Operand(1).DType, 0)));
        Value beta = node.Emit(new Where(isLater, Number(node, x, "beta", 0), node.Scalar(x.DType, 1)));
        Value velocity = Add(node, Times(node, given[2], node.Float("alpha", 0)), Mul(node, beta, gradient));
        Value step = mode == "standard" ? velocity : Add(node, gradient, Times(node, velocity, node.Float("alpha", 0)));
        return [Sub(node, x, Mul(node, node.Operand(0), step)), velocity];
    }

    private static Value Regularised(NodeView node, Value x, Value gradient) => Add(node, Mul(node, Number(node, x, "norm_coefficient", 0), x), gradient);

    private static Value Number(NodeView node, Value like, string name, double absent) => node.Scalar(like.DType, node.Float(name, absent));

    private static Value Times(NodeView node, Value x, double factor) => Mul(node, node.Scalar(x.DType, factor), x);

    private static Value Add(NodeView node, Value a, Value b) => node.Emit(new Add(a, b));

    private static Value Sub(NodeView node, Value a, Value b) => node.Emit(new Sub(a, b));

    private static Value Mul(NodeView node, Value a, Value b) => node.Emit(new Mul(a, b));

    private static Value Div(NodeView node, Value a, Value b) => node.Emit(new Div(a, b));
}
