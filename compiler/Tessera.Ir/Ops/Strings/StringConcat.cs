using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Each string of x with that of y behind it; shapes broadcast.</summary>
[Op("string_concat")]
public sealed partial record StringConcat(Value X, Value Y) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.DType == DType.String && Y.DType == DType.String
        ? [new TensorType(DType.String, context.Broadcast(context.ShapeOf(X), context.ShapeOf(Y)))]
        : throw context.Error("TSR0206", $"it is not defined for {X.Type} and {Y.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor y) = (context.Tensor(0), context.Tensor(1));
        int rank = Math.Max(x.Rank, y.Rank);
        long[] dims = [.. Enumerable.Range(0, rank).Select(a => At(x, a, rank) == 1 ? At(y, a, rank) : At(x, a, rank))];
        int count = (int)dims.Aggregate(1L, static (a, b) => a * b);
        return [RefTensor.Strings(dims, [.. Enumerable.Range(0, count).Select(i => x.S[From(x, dims, i)] + y.S[From(y, dims, i)])])];
    }

    private static long At(RefTensor t, int axis, int rank) => axis < rank - t.Rank ? 1 : t.Dims[axis - rank + t.Rank];

    private static int From(RefTensor t, long[] dims, int i)
    {
        long[] strides = t.Strides();
        return (int)AxisSizes.Coordinates(dims, i).Skip(dims.Length - t.Rank).Select((at, a) => t.Dims[a] == 1 ? 0 : at * strides[a]).Sum();
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape result = context.ResultShape();
        IReadOnlyList<Value?> operands = Alignment.Align(context, result);
        return [context.Wrap(context.Emit(new StringConcat(operands[0]!, operands[1]!)), result)];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("StringConcat", 20);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("broadcast", static g => [g.StringConcat(Texts(g, [2, 1], "a", "é"), Texts(g, [2], "", "x y"))]),
        new("scalar", static g => [g.StringConcat(Texts(g, [], "cat"), Texts(g, [], "s"))]),
    ];

    internal static Value Texts(GraphBuilder g, long[] dims, params string[] texts) => g.Constant(TensorContent.FromStrings(dims, texts));
}
