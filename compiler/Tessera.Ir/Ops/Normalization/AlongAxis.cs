using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The forms of softmax and its kind: along any axis since opset 13; before it over the rows of a matrix, which is the same along the last axis alone.</summary>
internal static class AlongAxis
{
    private const int AnyAxis = 13;

    public static OnnxMapping Onnx(string opType, Func<Op, long?> axisOf) => new(
        new OnnxRow(opType, 1)
        {
            Until = AnyAxis,
            Attributes = [new OnnxAttr.Direct("axis", "axis", 1L)],
            When = op => op.Operands[0]!.Type is TensorType { Shape: { } shape } && axisOf(op) is { } axis && (axis == -1 || axis == shape.Rank - 1),
        },
        new OnnxRow(opType, AnyAxis) { Attributes = [OnnxAttr.Of("axis")] });
}
