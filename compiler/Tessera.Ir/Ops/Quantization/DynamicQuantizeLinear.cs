using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// x quantised to u8 by its own range, which is widened to hold 0: <c>scale = (max − min) / 255</c>,
/// <c>zero_point = clamp(round(−min / scale))</c>. Results: the quantised x, scale, zero point. Where all is 0 the scale is 1.
/// </summary>
[Op("dynamic_quantize_linear")]
public sealed partial record DynamicQuantizeLinear(Value X) : Op
{
    public override int OutputCount => 3;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.DType == DType.F32
        ? [new TensorType(DType.U8, context.ShapeOf(X)), new TensorType(DType.F32, []), new TensorType(DType.U8, [])]
        : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        float high = (float)x.F.Append(0).Max();
        float low = (float)x.F.Append(0).Min();
        float scale = high == low ? 1 : (high - low) / 255;
        long zero = Quantized.Clamped(DType.U8, Math.Round(-low / scale, MidpointRounding.ToEven));
        long At(double v) => Quantized.Clamped(DType.U8, Math.Round((float)v / scale, MidpointRounding.ToEven) + zero);
        return
        [
            RefTensor.Ints(DType.U8, x.Dims, [.. x.F.Select(At)]),
            RefTensor.Floats(DType.F32, [], [scale]),
            RefTensor.Ints(DType.U8, [], [zero]),
        ];
    }

    /// <summary>The range of all elements and 0, then a quantisation by it.</summary>
    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value zero = builder.Float(DType.F32, 0);
        EquatableArray<long> all = [.. Enumerable.Range(0, X.Rank).Select(static a => (long)a)];
        Value high = builder.Max(all.Count == 0 ? X : builder.ReduceMax(X, all), zero);
        Value low = builder.Min(all.Count == 0 ? X : builder.ReduceMin(X, all), zero);
        Value range = builder.Sub(high, low);
        Value scale = builder.Where(builder.Equal(range, zero), builder.Float(DType.F32, 1), builder.Div(range, builder.Float(DType.F32, 255)));
        Value first = builder.Round(builder.Clip(builder.Div(builder.Neg(low), scale), zero, builder.Float(DType.F32, 255)));
        Value zeroPoint = builder.Cast(first, DType.U8);
        return [builder.QuantizeLinear(X, scale, zeroPoint), scale, zeroPoint];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("DynamicQuantizeLinear", 11);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("both signs", static g => g.DynamicQuantizeLinear(g.In("x", "f32[n, 5]"))),
        new("positive", static g => g.DynamicQuantizeLinear(g.In("x", "f32[n]"))) { Range = (1, 3) },
        new("nothing but 0", static g => g.DynamicQuantizeLinear(g.In("x", "f32[3]")))
        {
            Fixed = new Dictionary<string, RefTensor> { ["x"] = RefTensor.Floats(DType.F32, [3], [0, 0, 0]) },
        },
    ];
}
