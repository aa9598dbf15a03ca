using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// <c>(x − zero_point) · scale</c> of quantised numbers, the inverse of <see cref="QuantizeLinear"/>. The element type is that of
/// the scale, unless <see cref="To"/> names another.
/// </summary>
[Op("dequantize_linear")]
public sealed partial record DequantizeLinear(Value X, Value Scale, Value? ZeroPoint) : Op
{
    public long Axis { get; init; } = 1;

    /// <summary>Positions that share a scale; 0 for one scale in all or for each position.</summary>
    public long BlockSize { get; init; }

    /// <summary>Element type of the result; undefined stands for that of the scale.</summary>
    public DType To { get; init; }

    private DType Result => To == DType.Undefined ? Scale.DType : To;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Quantized.Check(context, X, Scale, ZeroPoint, Axis, BlockSize);
        if (ZeroPoint is not null)
        {
            context.RequireSameDType(X, ZeroPoint);
        }

        return (Quantized.Holds(X.DType) || X.DType == DType.I32) && Scale.DType.IsFloat() && Result.IsFloat()
            ? [new TensorType(Result, context.ShapeOf(X))]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type} and {Scale.Type}, to {Result.Text()}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor scale) = (context.Tensor(0), context.Tensor(1));
        RefTensor? zero = context.OptionalTensor(2);
        Func<int, int> map = Quantized.Map(x.Dims, scale, Axis, BlockSize);
        return [RefTensor.Floats(Result, x.Dims, [.. Enumerable.Range(0, x.Count).Select(i => (x.Number(i) - (zero?.Number(map(i)) ?? 0)) * scale.F[map(i)])])];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value scale = Widening.Up(builder, Quantized.Spread(builder, Scale, X.Shape, Axis, BlockSize));
        Value x = builder.Cast(X, scale.DType);
        if (ZeroPoint is not null)
        {
            x = builder.Sub(x, builder.Cast(Quantized.Spread(builder, ZeroPoint, X.Shape, Axis, BlockSize), scale.DType));
        }

        return [Widening.To(builder, builder.Mul(x, scale), Result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Quantized.Axis(context, Axis, BlockSize) is { } axis
        ? [context.Operands[0]! with { Value = context.Emit(this with { X = context.Operands[0]!.Value, Scale = context.Operands[1]!.Value, ZeroPoint = context.Operands[2]?.Value, Axis = axis }) }]
        : context.ByParts();

    private static bool IsPlain(Op op) => op is DequantizeLinear { BlockSize: 0, To: DType.Undefined } plain && plain.X.DType.Bits() is 8 or 32;

    private static bool IsOld(Op op) => IsPlain(op) && op is DequantizeLinear { X.DType: DType.U8 or DType.I8 or DType.I32, Scale.DType: DType.F32 };

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("DequantizeLinear", 10)
        {
            When = static op => IsOld(op) && op is DequantizeLinear { Axis: 1, Scale.Type: TensorType { Shape.Rank: 0 } },
        },
        new OnnxRow("DequantizeLinear", 13)
        {
            Attributes = [OnnxAttr.Of("axis")],
            When = IsOld,
        },
        new OnnxRow("DequantizeLinear", 19) { Attributes = [OnnxAttr.Of("axis")], When = IsPlain },
        new OnnxRow("DequantizeLinear", 21)
        {
            Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("block_size")],
            When = static op => op is DequantizeLinear { To: DType.Undefined },
        },
        new OnnxRow("DequantizeLinear", 23)
        {
            Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("block_size"), new OnnxAttr.Direct("output_dtype", "to")],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("one scale", "u8[n, 3]", "f32[]", "u8[]"),
        Sample("no zero point", "i8[n, 3]", "f32[]", null),
        Sample("i32", "i32[n, 3]", "f32[3]", null),
        Sample("axis", "i8[n, 3, 2]", "f32[3]", "i8[3]"),
        Sample("blocks", "i8[2, 6]", "f32[2, 3]", "i8[2, 3]", block: 2),
    ];

    private static OpSample Sample(string name, string x, string scale, string? zero, long block = 0) => new(name, g =>
    [
        g.DequantizeLinear(g.In("x", x), g.In("scale", scale), zero is null ? null : g.In("zero", zero), 1, block),
    ]);
}
