using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// x padded by amounts that a run computes: <c>pads i64[2k]</c> before and behind each of <c>axes[k]</c>, or each axis of x where there are
/// none; negative amounts take elements away. Fill is the value of the padding in mode constant, zero when absent.
/// </summary>
[Op("dynamic_pad")]
public sealed partial record DynamicPad(Value X, Value Pads, Value? Fill, Value? Axes) : DynamicOp
{
    public PadMode Mode { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [OfRank(context, X.DType, X.Tensor.Shape?.Rank)];

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content)
    {
        if (X.Tensor.Shape is not { } shape || content(1) is not { } pads
            || (Axes is null ? [.. Enumerable.Range(0, shape.Rank).Select(static a => (long)a)] : Numbers(content(3))) is not { } axes
            || pads.Count != 2 * axes.Length || axes.Any(a => a < -shape.Rank || a >= shape.Rank))
        {
            return null;
        }

        Dim[] all = [.. Enumerable.Repeat(Dim.Zero, 2 * shape.Rank)];
        for (int k = 0; k < axes.Length; k++)
        {
            long axis = axes[k] < 0 ? axes[k] + shape.Rank : axes[k];
            (all[axis], all[shape.Rank + axis]) = (pads[k], pads[axes.Length + k]);
        }

        return new Pad(X, Fill) { Pads = [.. all], Mode = Mode };
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Pad", 11)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Operand("pads"), new OnnxArgument.Operand("fill")],
            Attributes = [OnnxAttr.Of("mode")],
            When = static op => op is DynamicPad { Mode: not PadMode.Wrap, Axes: null },
        },
        new OnnxRow("Pad", 18) { Attributes = [OnnxAttr.Of("mode")], When = static op => op is DynamicPad { Mode: not PadMode.Wrap } },
        new OnnxRow("Pad", 19) { Attributes = [OnnxAttr.Of("mode")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("zeros", static g => [g.DynamicPad(g.In("x", "f32[2, 3]"), Runtime.Ints(g, 1, 0, 0, 2), null, null)]),
        new("filled", static g => [g.DynamicPad(g.In("x", "i64[2, 3]"), Runtime.Ints(g, 0, 1, 0, 1), g.In("v", "i64[]"), null)]),
        new("axes", static g => [g.DynamicPad(g.In("x", "f32[2, 3]"), Runtime.Ints(g, 2, 1), null, Runtime.Ints(g, -1))]),
        new("edge", static g => [g.DynamicPad(g.In("x", "f32[3, 2]"), Runtime.Ints(g, 2, 0, 1, 3), null, null, mode: PadMode.Edge)]),
        new("wrap", static g => [g.DynamicPad(g.In("x", "f32[3]"), Runtime.Ints(g, 2, 3), null, null, mode: PadMode.Wrap)]),
    ];
}
