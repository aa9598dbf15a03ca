using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// <c>x / scale + zero_point</c> in a narrow type: rounded to the nearest integer, ties to even, before the zero point is added and
/// kept in the type's range; in a small float rounded to its numbers. One scale for all, for each position of an axis, or for each
/// block of <see cref="BlockSize"/> positions of it.
/// </summary>
[Op("quantize_linear")]
public sealed partial record QuantizeLinear(Value X, Value Scale, Value? ZeroPoint) : Op
{
    public long Axis { get; init; } = 1;

    /// <summary>Positions that share a scale; 0 for one scale in all or for each position.</summary>
    public long BlockSize { get; init; }

    /// <summary>Element type of the result where there is no zero point; undefined stands for u8.</summary>
    public DType To { get; init; }

    /// <summary>To an 8-bit float, whether overflow gives the greatest number.</summary>
    public bool Saturate { get; init; } = true;

    /// <summary>Type in which the division is made; undefined stands for that of the scale.</summary>
    public DType Precision { get; init; }

    private DType Result => ZeroPoint?.DType ?? (To == DType.Undefined ? DType.U8 : To);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Quantized.Check(context, X, Scale, ZeroPoint, Axis, BlockSize);
        return (X.DType.IsFloat() || X.DType == DType.I32) && Scale.DType.IsFloat() && Quantized.Holds(Result) && (To == DType.Undefined || To == Result)
            ? [new TensorType(Result, context.ShapeOf(X))]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type} and {Scale.Type}, to {Result.Text()}, which is to be {To.Text()}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor scale) = (context.Tensor(0), context.Tensor(1));
        RefTensor? zero = context.OptionalTensor(2);
        Func<int, int> map = Quantized.Map(x.Dims, scale, Axis, BlockSize);
        DType division = Precision == DType.Undefined ? scale.DType : Precision;
        double Quotient(int i) => RefTensors.Round(division, x.Number(i) / scale.F[map(i)]);
        IEnumerable<int> all = Enumerable.Range(0, x.Count);
        if (SmallFloat.Of(Result) is { } format)
        {
            return [RefTensor.Floats(Result, x.Dims, [.. all.Select(i => format.Decode(format.Encode(Quotient(i) + (zero?.F[map(i)] ?? 0), Saturate)))])];
        }

        long At(int i) => Quantized.Clamped(Result, Math.Round(Quotient(i), MidpointRounding.ToEven) + (zero?.I[map(i)] ?? 0));
        return [RefTensor.Ints(Result, x.Dims, [.. all.Select(At)])];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value scale = Widening.Up(builder, Quantized.Spread(builder, Scale, X.Shape, Axis, BlockSize));
        Value quotient = builder.Div(Widening.To(builder, X, scale.DType), scale);
        if (Quantized.IsSmallFloat(Result))
        {
            return [builder.Cast(quotient, Result, Saturate)];
        }

        Value rounded = builder.Round(quotient);
        if (ZeroPoint is not null)
        {
            Value zero = Quantized.Spread(builder, ZeroPoint, X.Shape, Axis, BlockSize);
            rounded = builder.Add(rounded, builder.Cast(zero, scale.DType));
        }

        (double low, double high) = Quantized.Range(Result);
        return [builder.Cast(builder.Clip(rounded, builder.Float(scale.DType, low), builder.Float(scale.DType, high)), Result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Quantized.Axis(context, Axis, BlockSize) is { } axis
        ? [context.Operands[0]! with { Value = context.Emit(this with { X = context.Operands[0]!.Value, Scale = context.Operands[1]!.Value, ZeroPoint = context.Operands[2]?.Value, Axis = axis }) }]
        : context.ByParts();

    private static bool IsPlain(Op op) => op is QuantizeLinear { BlockSize: 0, To: DType.Undefined, Precision: DType.Undefined } plain && plain.Result.Bits() == 8;

    private static bool IsOld(Op op) => IsPlain(op) && op is QuantizeLinear { Saturate: true, X.DType: DType.F32 or DType.I32, Scale.DType: DType.F32, Result: DType.U8 or DType.I8 };

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("QuantizeLinear", 10)
        {
            When = static op => IsOld(op) && op is QuantizeLinear { Axis: 1, Scale.Type: TensorType { Shape.Rank: 0 } },
        },
        new OnnxRow("QuantizeLinear", 13) { Attributes = [OnnxAttr.Of("axis")], When = IsOld },
        new OnnxRow("QuantizeLinear", 19) { Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("saturate")], When = IsPlain },
        new OnnxRow("QuantizeLinear", 21)
        {
            Attributes = [OnnxAttr.Of("axis"), OnnxAttr.Of("saturate"), OnnxAttr.Of("block_size"), new OnnxAttr.Direct("output_dtype", "to")],
            When = static op => op is QuantizeLinear { Precision: DType.Undefined },
        },
        new OnnxRow("QuantizeLinear", 23)
        {
            Attributes =
            [
                OnnxAttr.Of("axis"), OnnxAttr.Of("saturate"), OnnxAttr.Of("block_size"), new OnnxAttr.Direct("output_dtype", "to"), OnnxAttr.Of("precision"),
            ],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("one scale", "[n, 3]", "f32[]", "u8[]"),
        Sample("no zero point", "[n, 3]", "f32[]", null),
        Sample("axis", "[n, 3, 2]", "f32[3]", "i8[3]"),
        Sample("blocks", "[2, 5]", "f32[2, 3]", "i8[2, 3]", block: 2),
        Sample("u16", "[n]", "f32[]", "u16[]", axis: 0),
    ];

    private static OpSample Sample(string name, string sizes, string scale, string? zero, long axis = 1, long block = 0) => new(name, g =>
    [
        g.QuantizeLinear(g.In("x", "f32" + sizes), g.In("scale", scale), zero is null ? null : g.In("zero", zero), axis, block),
    ])
    { Range = (0.125, 2) };
}
