using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>x over and over along each axis, as often as <see cref="Repeats"/> says.</summary>
[Op("tile")]
public sealed partial record Tile(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required EquatableArray<Dim> Repeats { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        return Repeats.Count == x.Rank
            ? [new TensorType(X.DType, [.. x.Select((d, a) => d * Repeats[a])])]
            : throw context.Error("TSR0208", $"{X.Type} takes {x.Rank} numbers of repeats; they are {Repeats}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] dims = [.. x.Dims.Select((d, a) => d * context.Size(Repeats[a]))];
        long[] strides = x.Strides();
        return [RefTensor.Gather(x, dims, i => (int)AxisSizes.Coordinates(dims, i).Select((at, a) => at % x.Dims[a] * strides[a]).Sum())];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape result = context.ResultShape();
        Shape own = context.ShapeOf(0);
        Dim[] repeats = [.. Repeats];
        Value value = context.Operands[0]!.Value;
        int ragged = context.Mode == BatchMode.Dense ? -1 : context.Environment.RaggedAxis(result, context);
        Batched form = context.Wrap(value, result);
        if (ragged >= 0 && repeats[ragged] != Dim.One)
        {
            value = own[ragged] == Dim.One
                ? Repeated(context, form, own.With(ragged, result[ragged]), ragged)
                : RaggedPad.Take(context, context.Operands[0]!, Dim.Zero, result[ragged], PadMode.Wrap, Pad.Zero(context.Builder, X.DType));
            repeats[ragged] = Dim.One;
        }

        Dim[] physicalRepeats = new Dim[value.Rank];
        Array.Fill(physicalRepeats, Dim.One);
        for (int a = 0; a < repeats.Length; a++)
        {
            physicalRepeats[Layout.Axis(form, a)] = repeats[a];
        }

        return [form with { Value = context.Emit(new Tile(value) { Repeats = physicalRepeats.ToEquatableArray() }) }];
    }

    // A row repeated as often as the example is long.
    private static Value Repeated(BatchContext context, Batched form, Shape tall, int ragged)
    {
        Value aligned = Alignment.Align(context, context.Operands[0]!, context.ShapeOf(0), tall);
        Shape physical = form.Form == BatchForm.Ragged
            ? [context.Environment.Total(tall[ragged]), .. tall.Where((_, a) => a != ragged)]
            : [context.Environment.BatchSize, .. tall];
        return context.Emit(new Expand(aligned) { Shape = physical });
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Tile", 6) { Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Dims("repeats")] });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("rows", static g => [g.Tile(g.In("x", "f32[n, 2]"), [2, 1])]) { Sizes = ShapingSamples.Sizes },
        new("sized", static g => [g.Tile(g.In("x", "i64[1, n]"), [Dim.Sym("n"), 2])]) { Sizes = ShapingSamples.Sizes },
        new("nothing", static g => [g.Tile(g.In("x", "f16[2, 3]"), [0, 1])]),
        new("scalar", static g => [g.Tile(g.In("x", "bool[]"), [])]),
    ];
}
