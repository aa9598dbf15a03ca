using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Root-mean-square normalisation as <c>ai.onnx</c> has it since opset 23, of the last axes together, whose sizes the weight has.
/// <see cref="RmsNorm"/> is what models and rules speak of; this is what it is lowered to.
/// </summary>
[Op("standard_rms_norm")]
public sealed partial record StandardRmsNorm(Value X, Value Weight) : Op
{
    public Real Epsilon { get; init; } = 1e-5;

    /// <summary>The first of the axes, counted from the end.</summary>
    public required long Axis { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        NormAxes.Check(context, X, Epsilon, Axis, Weight, null);
        return [X.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        return [NormOracle.Rms(NormAxes.Rows(x, Axis), NormAxes.Line(context.Tensor(1)), Epsilon).Reshaped(x.Dims)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) =>
        [Moves.Reshape(builder, builder.RmsNorm(NormAxes.Flat(builder, X, Axis), NormAxes.Vector(builder, Weight), Epsilon), X.Shape)];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "RMSNormalization", 23, new OnnxAttr.Direct("epsilon", "epsilon", new Real(1e-5)), new OnnxAttr.Direct("axis", "axis", -1L));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("two axes", static g => [g.StandardRmsNorm(g.In("x", "f32[n, 3, 4]"), g.In("w", "f32[3, 4]"), -2)]),
        new("all axes", static g => [g.StandardRmsNorm(g.In("x", "f32[2, 4]"), g.In("w", "f32[2, 4]"), -2, epsilon: 0.5)]),
        new("f16", static g => [g.StandardRmsNorm(g.In("x", "f16[n, 3, 4]"), g.In("w", "f16[3, 4]"), -2)]),
    ];
}
