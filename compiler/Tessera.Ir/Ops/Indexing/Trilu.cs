using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// The upper or lower triangle of each matrix in the last two axes, zero elsewhere: element (i, j) stays where
/// <c>j − i ≥ diagonal</c> (upper) or <c>j − i ≤ diagonal</c> (lower).
/// </summary>
[Op("trilu")]
public sealed partial record Trilu(Value X) : Op
{
    public bool Upper { get; init; } = true;

    public long Diagonal { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => context.ShapeOf(X).Rank >= 2
        ? [X.Type]
        : throw context.Error("TSR0203", $"it takes matrices; x is {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (long rows, long columns) = (x.Dims[^2], x.Dims[^1]);
        return [RefTensor.Gather(x, x.Dims, i =>
        {
            long distance = (i % columns) - (i / columns % rows);
            return (Upper ? distance >= Diagonal : distance <= Diagonal) ? i : -1;
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int rank = context.ShapeOf(0).Rank;
        return x.Form == BatchForm.Ragged && x.Axis >= rank - 2
            ? [x with { Value = context.Builder.Where(Kept(context, x, rank), x.Value, Pad.Zero(context.Builder, X.DType)) }]
            : [x with { Value = context.Emit(this with { X = x.Value }) }];
    }

    // bool[tokens, 1…, other side] or [tokens, …, 1…]: one side counts within each example.
    private Value Kept(BatchContext context, Batched x, int rank)
    {
        GraphBuilder g = context.Builder;
        bool isRows = x.Axis == rank - 2;
        int other = isRows ? rank - 1 : rank - 2;
        Value token = RaggedIndex.Column(context, RaggedIndex.Positions(context, x.Partition!), rank);
        Value place = RaggedIndex.Count(context, context.ShapeOf(0)[other]);
        place = g.Reshape(place, [.. Enumerable.Range(0, rank).Select(a => a == Layout.Axis(x, other) ? place.Shape[0] : Dim.One)]);
        Value distance = isRows ? g.Sub(place, token) : g.Sub(token, place);
        Value bound = g.Int(DType.I64, Diagonal);
        return Upper ? g.GreaterOrEqual(distance, bound) : g.LessOrEqual(distance, bound);
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Trilu", 14)
        {
            Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Int("diagonal")],
            Attributes = [OnnxAttr.Of("upper")],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("upper", static g => [g.Trilu(g.In("x", "f32[n, n]"))]) { Sizes = ShapingSamples.Sizes },
        new("lower", static g => [g.Trilu(g.In("x", "f32[2, n, 3]"), upper: false, diagonal: -1)]) { Sizes = ShapingSamples.Sizes },
        new("far", static g => [g.Trilu(g.In("x", "i64[3, 2]"), diagonal: 5)]),
        new("f16", static g => [g.Trilu(g.In("x", "f16[3, 3]"), diagonal: 1)]),
    ];
}
