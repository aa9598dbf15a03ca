using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A matrix of the sizes of x with 1 on one diagonal and 0 elsewhere: element (i, i + k).</summary>
[Op("eye_like")]
public sealed partial record EyeLike(Value X) : Op
{
    /// <summary>The diagonal: above the main one where positive.</summary>
    public long K { get; init; }

    /// <summary>Element type; undefined stands for that of x.</summary>
    public DType To { get; init; }

    private DType Result => To == DType.Undefined ? X.DType : To;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        context.ShapeOf(X).Rank == 2 && (Result.IsFloat() || Result.IsInteger() || Result == DType.Bool)
            ? [new TensorType(Result, X.Shape)]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}, to {Result.Text()}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        long[] dims = context.Tensor(0).Dims;
        bool[] ones = [.. Enumerable.Range(0, checked((int)(dims[0] * dims[1]))).Select(i => i % dims[1] == (i / dims[1]) + K)];
        return
        [
            Result == DType.Bool ? RefTensor.Bools(dims, ones)
                : Result.IsFloat() ? RefTensor.Floats(Result, dims, [.. ones.Select(static b => b ? 1.0 : 0)])
                : RefTensor.Ints(Result, dims, [.. ones.Select(static b => b ? 1L : 0)]),
        ];
    }

    // Of x only the sizes count.
    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape shape = context.ShapeOf(0);
        return shape.Any(context.Environment.IsRagged)
            ? throw context.Mixes($"a matrix {shape} differs by example in more than what rows can hold")
            : [new Batched(context.Emit(this with { X = context.Builder.ConstantOfShape(shape, TensorContent.From(DType.F32, [1], [0f])), To = Result }), BatchForm.Unbatched)];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("EyeLike", 9)
        {
            Attributes = [OnnxAttr.Of("k"), new OnnxAttr.Direct("dtype", "to")],
            When = static op => op is EyeLike { X.DType: not DType.BF16, To: not DType.BF16 },
        },
        new OnnxRow("EyeLike", 22) { Attributes = [OnnxAttr.Of("k"), new OnnxAttr.Direct("dtype", "to")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("square", static g => [g.EyeLike(g.In("x", "f32[n, n]"))]),
        new("above", static g => [g.EyeLike(g.In("x", "i64[n, 5]"), k: 2)]),
        new("below", static g => [g.EyeLike(g.In("x", "f32[4, n]"), k: -1, to: DType.I64)]),
    ];
}
