using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>min(max(x, <c>Min</c>), <c>Max</c>) with scalar bounds, each of which may be absent; NaN stays NaN.</summary>
[Op("clip")]
public sealed partial record Clip(Value X, Value? Min, Value? Max) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        foreach (Value? bound in (Value?[])[Min, Max])
        {
            if (bound is not null)
            {
                context.RequireSameDType(X, bound);
                if (context.ShapeOf(bound).Rank != 0)
                {
                    throw context.Error("TSR0203", $"a bound must be a scalar; it is {bound.Type}.");
                }
            }
        }

        return X.DType.IsFloat() || X.DType.IsInteger() ? [X.Type] : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (RefTensor? min, RefTensor? max) = (context.OptionalTensor(1), context.OptionalTensor(2));
        if (x.DType.IsFloat())
        {
            double low = min?.F[0] ?? double.NegativeInfinity;
            double high = max?.F[0] ?? double.PositiveInfinity;
            return [RefTensor.Floats(x.DType, x.Dims, [.. x.F.Select(v => Math.Min(Math.Max(v, low), high))])];
        }

        // Flipping the sign bit orders unsigned integers as signed ones.
        long flip = x.DType == DType.U64 ? long.MinValue : 0;
        long least = (min?.I[0] ^ flip) ?? long.MinValue;
        long greatest = (max?.I[0] ^ flip) ?? long.MaxValue;
        return [RefTensor.Ints(x.DType, x.Dims, [.. x.I.Select(v => Math.Min(Math.Max(v ^ flip, least), greatest) ^ flip)])];
    }

    // Bounds that differ by example are no scalars any more: then it is a maximum and a minimum.
    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        if (context.Operands.Skip(1).All(static b => b is null or { Form: BatchForm.Unbatched }))
        {
            return [x with { Value = context.Emit(WithOperands([.. context.Operands.Select(static b => b?.Value)])) }];
        }

        Shape result = context.ResultShape();
        IReadOnlyList<Value?> aligned = Alignment.Align(context, result);
        Value clipped = aligned[0]!;
        clipped = aligned[1] is { } min ? context.Emit(new Max(clipped, min)) : clipped;
        clipped = aligned[2] is { } max ? context.Emit(new Min(clipped, max)) : clipped;
        return [context.Wrap(clipped, result)];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Clip", 11);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("both", "f32", -1, 0.5),
        Sample("min", "f32", 0, null),
        Sample("max", "f32", null, 0.25),
        Sample("none", "f32", null, null),
        Sample("crossed", "f32", 1, -1),
        Sample("f16", "f16", -1, 1),
        Sample("f64", "f64", -1, 1),
        new("i32", static g => [g.Clip(g.In("x", "i32[n]"), g.In("low", "i32[]"), g.In("high", "i32[]"))]) { IntRange = (-5, 6) },
    ];

    private static OpSample Sample(string name, string dtype, double? min, double? max) => new(name, g =>
    {
        Value x = g.In("x", $"{dtype}[n, 3]");
        return [g.Clip(x, min is { } low ? g.Float(x.DType, low) : null, max is { } high ? g.Float(x.DType, high) : null)];
    });
}
