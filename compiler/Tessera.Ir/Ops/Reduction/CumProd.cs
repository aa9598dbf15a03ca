using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Running product along one axis, from its end in reverse; an exclusive one leaves each element out of its own product. Integers wrap around.</summary>
[Op("cum_prod")]
public sealed partial record CumProd(Value X) : Op
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
            ? [RefTensor.Floats(x.DType, x.Dims, Run(x.F, x.Dims, 1, static (a, b) => a * b))]
            : [RefTensor.Ints(x.DType, x.Dims, Run(x.I, x.Dims, 1, (a, b) => Wrap.To(x.DType, unchecked(a * b))))];
    }

    private T[] Run<T>(T[] values, long[] dims, T one, Func<T, T, T> multiply)
    {
        T[] result = new T[values.Length];
        foreach (int[] line in Slices.Along(dims, Axis))
        {
            T product = one;
            foreach (int i in Reverse ? line.Reverse() : line)
            {
                T before = product;
                product = multiply(product, values[i]);
                result[i] = Exclusive ? before : product;
            }
        }

        return result;
    }

    /// <summary>Below opset 26: for each position the product of what comes before it, in a square.</summary>
    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        int axis = (int)(Axis < 0 ? Axis + X.Rank : Axis);
        Dim size = X.Shape[axis];
        Value count = builder.IsOfInputs(size) ? builder.DimValue(size) : builder.Squeeze(builder.Slice(builder.ShapeOf(X), [axis], [axis + 1], [0]), [0]);
        Value positions = builder.Range(builder.Int(DType.I64, 0), count, builder.Int(DType.I64, 1));
        Dim[] behind = [.. Enumerable.Repeat(Dim.One, X.Rank - 1 - axis)];
        Value to = builder.Reshape(positions, [size, 1, .. behind]);
        Value from = builder.Reshape(positions, [1, size, .. behind]);
        Value taken = (Exclusive, Reverse) switch
        {
            (false, false) => builder.LessOrEqual(from, to),
            (true, false) => builder.Less(from, to),
            (false, true) => builder.GreaterOrEqual(from, to),
            _ => builder.Greater(from, to),
        };
        Value one = X.DType.IsFloat() ? builder.Float(X.DType, 1) : builder.Int(X.DType, 1);
        return [builder.ReduceProd(builder.Where(taken, builder.Unsqueeze(X, [axis]), one), [axis + 1])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int axis = (int)(Axis < 0 ? Axis + context.ResultShape().Rank : Axis);
        if (x.Form == BatchForm.Ragged && axis == x.Axis)
        {
            SegmentGrid grid = new(context.Builder, context.Environment.CuSeqlens(x.Partition!));
            Value one = X.DType.IsFloat() ? context.Builder.Float(X.DType, 1) : context.Builder.Int(X.DType, 1);
            Value product = context.Emit(this with { X = grid.Spread(x.Value, one), Axis = 1 });
            return [x with { Value = grid.Collect(product, x.Value.Shape[0]) }];
        }

        // Padding comes last: only a product from the end would see it.
        Value value = x.Form == BatchForm.Padded && axis == x.Axis && Reverse ? context.Environment.Fill(x, 1) : x.Value;
        return [x with { Value = context.Emit(this with { X = value, Axis = Layout.Axis(x, axis) }) }];
    }

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("CumProd", 26)
    {
        Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Int("axis")],
        Attributes = [OnnxAttr.Of("exclusive"), OnnxAttr.Of("reverse")],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("last", static g => [g.CumProd(g.In("x", "f32[n, 5]"), -1)]),
        new("exclusive", static g => [g.CumProd(g.In("x", "f32[4, n]"), 0, exclusive: true)]),
        new("reverse", static g => [g.CumProd(g.In("x", "f32[2, n, 3]"), 1, reverse: true)]),
        new("both", static g => [g.CumProd(g.In("x", "i64[n]"), 0, exclusive: true, reverse: true)]) { IntRange = (-5, 6) },
    ];
}
