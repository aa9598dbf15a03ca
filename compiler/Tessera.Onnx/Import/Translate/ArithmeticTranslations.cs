using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Arithmetic that is several ops here.</summary>
internal static class ArithmeticTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("CastLike", CastLike),
        new("Gemm", Gemm) { Since = 7 },
        new("Sum", static node => Fold(node, static (a, b) => new Add(a, b))) { Since = 6 },
        new("Max", static node => Fold(node, static (a, b) => new Max(a, b))) { Since = 6 },
        new("Min", static node => Fold(node, static (a, b) => new Min(a, b))) { Since = 6 },
        new("Mean", Mean) { Since = 6 },
        new("Dropout", Dropout),
    ];

    private static IReadOnlyList<Value?>? CastLike(NodeView node) => node.Operand(1).Type is TensorType { DType: not DType.Undefined } type
        ? [node.Emit(new Cast(node.Operand(0)) { To = type.DType, Saturate = node.Int("saturate", 1) != 0, RoundMode = Rounding(node) })]
        : null;

    private static RoundMode Rounding(NodeView node) => node.Text("round_mode", "up") switch
    {
        "down" => RoundMode.Down,
        "nearest" => RoundMode.Nearest,
        _ => RoundMode.Up,
    };

    // α·A'·B' + β·C, each product left out where it is with 1.
    private static IReadOnlyList<Value?> Gemm(NodeView node)
    {
        Value product = node.Emit(new MatMul(Transposed(node, 0, "transA"), Transposed(node, 1, "transB")));
        product = Scaled(node, product, node.Float("alpha", 1));
        return [node[2] is { } c ? node.Emit(new Add(product, Scaled(node, c, node.Float("beta", 1)))) : product];
    }

    private static Value Transposed(NodeView node, int input, string flag) => node.Int(flag, 0) != 0
        ? node.Emit(new Transpose(node.Operand(input)) { Perm = [1, 0] })
        : node.Operand(input);

    private static Value Scaled(NodeView node, Value x, double factor) => factor == 1 ? x : node.Emit(new Mul(x, node.Scalar(x.DType, factor)));

    private static IReadOnlyList<Value?> Fold(NodeView node, Func<Value, Value, Op> combine) =>
        [node.Rest(0).Aggregate((a, b) => node.Emit(combine(a, b)))];

    private static IReadOnlyList<Value?> Mean(NodeView node)
    {
        Value sum = Fold(node, static (a, b) => new Add(a, b))[0]!;
        return [node.InputCount == 1 ? sum : node.Emit(new Div(sum, node.Scalar(sum.DType, node.InputCount)))];
    }

    // At inference nothing is dropped: training mode must be known to be off, and the mask is all true. (Before opset 12 ONNX
    // leaves the mask open; runtimes give false.)
    private static IReadOnlyList<Value?>? Dropout(NodeView node)
    {
        if (node.Version >= 12 && node[2] is not null && node.Content(2)?.B[0] != false)
        {
            return null;
        }

        Value x = node.Operand(0);
        return node.Wants(1) && x.Type is TensorType { Shape: { } shape }
            ? [x, node.Emit(new ConstantOfShape { Shape = shape, Value = TensorContent.From(DType.Bool, [1], [node.Version >= 12]) })]
            : node.Wants(1) ? null : [x];
    }
}
