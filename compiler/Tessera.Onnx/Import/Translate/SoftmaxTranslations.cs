using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// Softmax and its kind before opset 13: x is taken for a matrix, the axes from <c>axis</c> (1 by default) on being its rows.
/// </summary>
internal static class SoftmaxTranslations
{
    private const int AlongOneAxis = 13;

    public static IEnumerable<Translation> All =>
    [
        new("Softmax", static node => OfRows(node, static (x, axis) => new Softmax(x) { Axis = axis })) { Until = AlongOneAxis },
        new("LogSoftmax", static node => OfRows(node, static (x, axis) => new LogSoftmax(x) { Axis = axis })) { Until = AlongOneAxis },
        new("Hardmax", static node => OfRows(node, static (x, axis) => new Hardmax(x) { Axis = axis })) { Until = AlongOneAxis },
    ];

    private static IReadOnlyList<Value?>? OfRows(NodeView node, Func<Value, long, Op> op)
    {
        if (node.RankOf(0) is not { } rank)
        {
            return null;
        }

        Value x = node.Operand(0);
        long axis = node.Int("axis", 1);
        int at = (int)(axis < 0 ? axis + rank : axis);
        if (at == rank - 1)
        {
            return [node.Emit(op(x, at))];
        }

        Value rows = node.Emit(new Reshape(x) { Shape = [Dim.Product(x.Shape.Take(at)), Dim.Product(x.Shape.Skip(at))] });
        return [node.Emit(new Reshape(node.Emit(op(rows, 1))) { Shape = x.Shape })];
    }
}
