using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// x with elements added before and behind along each axis; negative amounts take elements away. Fill is the value of the
/// padding in mode constant, zero when absent.
/// </summary>
[Op("pad")]
public sealed partial record Pad(Value X, Value? Fill) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    /// <summary>Amounts before each axis in order, then amounts behind each.</summary>
    public required EquatableArray<Dim> Pads { get; init; }

    public PadMode Mode { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        if (Pads.Count != 2 * x.Rank)
        {
            throw context.Error("TSR0208", $"{X.Type} takes {2 * x.Rank} amounts, before and behind each axis; pads are {Pads}.");
        }

        if (Fill is not null)
        {
            context.RequireSameDType(X, Fill);
            context.RequireEqual(context.ShapeOf(Fill).NumElements, Dim.One, "the number of fill values and 1");
        }

        return [new TensorType(X.DType, [.. x.Select((d, a) => context.Facts.Simplify(d + Pads[a] + Pads[x.Rank + a]))])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] begin = [.. Pads.Take(x.Rank).Select(context.Size)];
        long[] dims = [.. x.Dims.Select((d, a) => d + begin[a] + context.Size(Pads[x.Rank + a]))];
        long[] strides = x.Strides();
        if (Mode != PadMode.Constant && dims.All(static d => d > 0) && x.Count == 0)
        {
            throw context.Error($"an axis of {x} has nothing to repeat.");
        }

        int Source(int i)
        {
            long offset = 0;
            long[] at = AxisSizes.Coordinates(dims, i);
            for (int a = 0; a < at.Length; a++)
            {
                long from = PadIndex.Source(at[a] - begin[a], x.Dims[a], Mode);
                if (from < 0)
                {
                    return -1;
                }

                offset += from * strides[a];
            }

            return (int)offset;
        }

        return [context.OptionalTensor(1) is { } fill
            ? RefTensor.Select([x, fill], dims, i => Source(i) is >= 0 and var at ? (0, at) : (1, 0))
            : RefTensor.Gather(x, dims, Source)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int rank = context.ShapeOf(0).Rank;
        if (context.Operands[1] is { Form: not BatchForm.Unbatched })
        {
            throw context.Mixes("its fill differs by example");
        }

        if (Pads.Where((p, k) => k % rank != x.Axis && context.Environment.IsRagged(p)).Any())
        {
            throw context.Mixes($"its amounts {Pads} differ by example along an axis that is the same for all");
        }

        bool along = x.Axis >= 0 && (Pads[x.Axis] != Dim.Zero || Pads[rank + x.Axis] != Dim.Zero);
        if (along)
        {
            Value fill = context.Operands[1] is { } given ? context.Builder.Reshape(given.Value, []) : Zero(context.Builder, X.DType);
            x = x with { Value = RaggedPad.Take(context, x, Pads[x.Axis], context.ResultShape()[x.Axis], Mode, fill) };
        }

        Dim[] pads = new Dim[2 * x.Value.Rank];
        Array.Fill(pads, Dim.Zero);
        foreach (int a in Enumerable.Range(0, rank).Where(a => !along || a != x.Axis))
        {
            int axis = Layout.Axis(x, a);
            pads[axis] = Pads[a];
            pads[x.Value.Rank + axis] = Pads[rank + a];
        }

        Value value = along && pads.All(static p => p == Dim.Zero)
            ? x.Value
            : context.Emit(this with { X = x.Value, Fill = context.Operands[1]?.Value, Pads = pads.ToEquatableArray() });
        return [context.Wrap(value, context.ResultShape())];
    }

    internal static Value Zero(GraphBuilder g, DType dtype) => dtype switch
    {
        DType.Bool => g.Constant(TensorContent.From(DType.Bool, [], [false])),
        DType.String => g.Constant(TensorContent.FromStrings([], [""])),
        _ => dtype.IsFloat() ? g.Float(dtype, 0) : g.Int(dtype, 0),
    };

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Pad", 11) { Inputs = Inputs(), Attributes = [OnnxAttr.Of("mode")], When = static op => ((Pad)op).Mode != PadMode.Wrap },
        new OnnxRow("Pad", 19) { Inputs = Inputs(), Attributes = [OnnxAttr.Of("mode")] });

    private static EquatableArray<OnnxArgument> Inputs() =>
        [new OnnxArgument.Operand("x"), new OnnxArgument.Dims("pads"), new OnnxArgument.Operand("fill")];

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("zeros", static g => [g.Pad(g.In("x", "f32[n, 3]"), [1, 0, 0, 2])]) { Sizes = ShapingSamples.Sizes },
        new("filled", static g => [g.Pad(g.In("x", "i64[2, n]"), [0, 1, 0, 1], g.In("v", "i64[]"))]) { Sizes = ShapingSamples.Sizes },
        new("edge", static g => [g.Pad(g.In("x", "f32[n, 2]"), [2, 0, 1, 3], mode: PadMode.Edge)]) { Sizes = ShapingSamples.NotEmpty },
        new("reflect", static g => [g.Pad(g.In("x", "f32[4, n]"), [3, 0, 2, 0], mode: PadMode.Reflect)]) { Sizes = ShapingSamples.NotEmpty },
        new("wrap", static g => [g.Pad(g.In("x", "f16[3]"), [2, 3], mode: PadMode.Wrap)]),
        new("cropped", static g => [g.Pad(g.In("x", "f32[5, n]"), [-1, 0, -2, 1])]) { Sizes = ShapingSamples.Sizes },
    ];
}
