using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Running sum along one axis, from its end in reverse; an exclusive one leaves each element out of its own sum. Integers wrap around.</summary>
[Op("cum_sum")]
public sealed partial record CumSum(Value X) : Op
{
    public required long Axis { get; init; }

    public bool Exclusive { get; init; }

    public bool Reverse { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.Axis(Axis, context.ShapeOf(X).Rank);
        return X.DType.IsFloat() || X.DType is DType.I32 or DType.I64 or DType.U32 or DType.U64
            ? [X.Type]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        return x.DType.IsFloat()
            ? [RefTensor.Floats(x.DType, x.Dims, Run(x.F, x.Dims, static (a, b) => a + b))]
            : [RefTensor.Ints(x.DType, x.Dims, Run(x.I, x.Dims, (a, b) => Wrap.To(x.DType, unchecked(a + b))))];
    }

    private T[] Run<T>(T[] values, long[] dims, Func<T, T, T> add)
        where T : struct
    {
        T[] result = new T[values.Length];
        foreach (int[] line in Slices.Along(dims, Axis))
        {
            T sum = default;
            foreach (int i in Reverse ? line.Reverse() : line)
            {
                T before = sum;
                sum = add(sum, values[i]);
                result[i] = Exclusive ? before : sum;
            }
        }

        return result;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ResultShape().Rank : Axis);
        if (x.Form == BatchForm.Ragged && axis == x.Axis)
        {
            return [x with { Value = SegmentBodies.CumSum(context.Builder, this, x.Value, context.Environment.CuSeqlens(x.Partition!)) }];
        }

        // Padding comes last: only a sum from the end would see it.
        Value value = x.Form == BatchForm.Padded && axis == x.Axis && Reverse ? context.Environment.Fill(x, 0) : x.Value;
        return [x with { Value = context.Emit(new CumSum(value) { Axis = Layout.Axis(x, axis), Exclusive = Exclusive, Reverse = Reverse }) }];
    }

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("CumSum", 11)
    {
        Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Int("axis")],
        Attributes = [OnnxAttr.Of("exclusive"), OnnxAttr.Of("reverse")],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.CumSum(g.In("x", "f32[n, 5]"), -1)]),
        new("exclusive", static g => [g.CumSum(g.In("x", "f32[4, n]"), 0, exclusive: true)]),
        new("reverse", static g => [g.CumSum(g.In("x", "f64[2, n, 3]"), 1, reverse: true)]),
        new("both", static g => [g.CumSum(g.In("x", "i64[n]"), 0, exclusive: true, reverse: true)]) { IntRange = (-5, 6) },
        new("i32", static g => [g.CumSum(g.In("x", "i32[n, 0]"), 0)]),
    ];
}
