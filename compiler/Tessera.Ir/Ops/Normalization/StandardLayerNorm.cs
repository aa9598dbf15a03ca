using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Layer normalisation as <c>ai.onnx</c> has it since opset 17: of the last axes together, whose sizes weight and bias have, and
/// with its mean and inverse deviation, if they are asked for. <see cref="LayerNorm"/> is what models and rules speak of; this is
/// what it is lowered to.
/// </summary>
[Op("standard_layer_norm")]
public sealed partial record StandardLayerNorm(Value X, Value Weight, Value? Bias) : Op
{
    public Real Epsilon { get; init; } = 1e-5;

    /// <summary>The first of the axes, counted from the end.</summary>
    public required long Axis { get; init; }

    /// <summary>Two more results, in f32, the normalised axes kept with size 1: the mean and <c>1 / √(var + ε)</c>.</summary>
    public bool Statistics { get; init; }

    public override int OutputCount => Statistics ? 3 : 1;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        int axis = NormAxes.Check(context, X, Epsilon, Axis, Weight, Bias);
        TensorType statistics = new(DType.F32, NormAxes.Kept(X.Shape, axis));
        return Statistics ? [X.Type, statistics, statistics] : [X.Type];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        RefTensor rows = NormAxes.Rows(x, Axis);
        RefTensor result = NormOracle.Layer(rows, NormAxes.Line(context.Tensor(1)), context.OptionalTensor(2) is { } bias ? NormAxes.Line(bias) : null, Epsilon).Reshaped(x.Dims);
        if (!Statistics)
        {
            return [result];
        }

        double[][] features = [.. rows.F.Chunk((int)Math.Max(1, rows.Dims[1]))];
        long[] kept = [.. x.Dims.Select((d, a) => a < x.Rank + Axis ? d : 1)];
        double[] means = [.. Enumerable.Range(0, (int)rows.Dims[0]).Select(r => rows.Dims[1] == 0 ? double.NaN : features[r].Average())];
        double[] inverses = [.. means.Select((mean, r) => rows.Dims[1] == 0 ? double.NaN : 1 / Math.Sqrt(features[r].Average(v => (v - mean) * (v - mean)) + Epsilon))];
        return [result, RefTensor.Floats(DType.F32, kept, means), RefTensor.Floats(DType.F32, kept, inverses)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        (Value flat, Value weight, Value? bias) = (NormAxes.Flat(builder, X, Axis), NormAxes.Vector(builder, Weight), Bias is null ? null : NormAxes.Vector(builder, Bias));
        Value result = Moves.Reshape(builder, builder.LayerNorm(flat, weight, bias, Epsilon), X.Shape);
        if (!Statistics)
        {
            return [result];
        }

        Value x = Widening.To(builder, flat, DType.F32);
        Value mean = builder.ReduceMean(x, [-1], keepDims: true);
        Value off = builder.Sub(x, mean);
        Value variance = builder.ReduceMean(builder.Mul(off, off), [-1], keepDims: true);
        Value inverse = builder.Reciprocal(builder.Sqrt(builder.Add(variance, builder.Float(DType.F32, Epsilon))));
        Shape kept = Outputs[1].Shape;
        return [result, Moves.Reshape(builder, mean, kept), Moves.Reshape(builder, inverse, kept)];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "LayerNormalization",
        17,
        OnnxAttr.Of("epsilon"),
        new OnnxAttr.Direct("axis", "axis", -1L),
        new OnnxAttr.Fixed("stash_type", 1L, IsDefault: true));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("two axes", static g => g.StandardLayerNorm(g.In("x", "f32[n, 3, 4]"), g.In("w", "f32[3, 4]"), -2, g.In("b", "f32[3, 4]"))),
        new("all axes", static g => g.StandardLayerNorm(g.In("x", "f32[2, 4]"), g.In("w", "f32[2, 4]"), -2, epsilon: 0.5)),
        new("statistics", static g => g.StandardLayerNorm(g.In("x", "f32[2, 3, 4]"), g.In("w", "f32[4]"), -1, g.In("b", "f32[4]"), statistics: true)),
        new("statistics of two axes", static g => g.StandardLayerNorm(g.In("x", "f32[2, 3, 4]"), g.In("w", "f32[3, 4]"), -2, statistics: true)),
        new("f16", static g => g.StandardLayerNorm(g.In("x", "f16[n, 3, 4]"), g.In("w", "f16[3, 4]"), -2)),
    ];
}
