using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A tensor known when the graph is built, equal by content.</summary>
[Op("constant")]
public sealed partial record Constant : Op
{
    public required TensorContent Value { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [Value.Type];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [RefTensors.FromContent(Value)];

    public override IReadOnlyList<Dim>? DimContent(int output) =>
        Value.DType is DType.I64 or DType.I32 && Value.Count <= Ir.Value.MostSizes
            ? [.. RefTensors.FromContent(Value).I.Select(Dim.Const)]
            : null;

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Constant", 1, OnnxAttr.Of("value"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("vector", static g => [g.Constant(value: TensorContent.Vector(1, -2, 3))]),
        new("scalar", static g => [g.Constant(value: TensorContent.Scalar(float.NaN))]),
        new("empty", static g => [g.Constant(value: TensorContent.From<float>(DType.F32, [2, 0], []))]),
        new("strings", static g => [g.Constant(value: TensorContent.FromStrings([2], ["", "ä\"\n"]))]),
    ];
}
