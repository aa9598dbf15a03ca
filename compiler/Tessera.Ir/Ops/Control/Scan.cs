using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// ONNX's Scan (from opset 9). The first <see cref="Carried"/> values are initial states, then <see cref="ScanInputs"/> tensors of which each round takes the next
/// slice; the rest are captures. The body takes (states, slices, captures) and gives (states, slices); the results are the last states and the
/// slices stacked along an axis.
/// </summary>
[Op("scan")]
public sealed partial record Scan(EquatableArray<Value> Values) : Op, IRegionOp
{
    /// <summary>How many of <see cref="Values"/> are states or scanned; the rest are captures.</summary>
    public required long Carried { get; init; }

    public required long ScanInputs { get; init; }

    public required Region Body { get; init; }

    /// <summary>Scanned axes; empty for the first throughout.</summary>
    public EquatableArray<long> InputAxes { get; init; }

    /// <summary>1 where slices are taken from the end; empty for 0 throughout.</summary>
    public EquatableArray<long> InputDirections { get; init; }

    /// <summary>Axes along which results are stacked; empty for the first throughout.</summary>
    public EquatableArray<long> OutputAxes { get; init; }

    /// <summary>1 where slices are put in front; empty for 0 throughout.</summary>
    public EquatableArray<long> OutputDirections { get; init; }

    public override OpTraits Traits => OpTraits.Costly;

    public override int OutputCount => Body.Results.Count;

    public int CaptureCount => Values.Count - (int)Carried;

    public IReadOnlyList<Region> Regions => [Body];

    internal int States => (int)(Carried - ScanInputs);

    internal int InputAxis(int input) => Positive(At(InputAxes, input), Values[States + input].Rank);

    internal bool IsBackwards(int input) => At(InputDirections, input) != 0;

    internal int OutputAxis(int output) => Positive(At(OutputAxes, output), Body.Results[States + output].Rank + 1);

    internal bool IsPutInFront(int output) => At(OutputDirections, output) != 0;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Carried > Values.Count || ScanInputs < 1 || States < 0 || Body.Results.Count < States)
        {
            throw context.Error("TSR0213", $"of {Values.Count} values {Carried} are states or scanned, {ScanInputs} scanned; the body has {Body.Results.Count} results.");
        }

        IrType[] given = [.. Values.Select((v, i) => i >= States && i < Carried ? Slice(v.Type, At(InputAxes, i - States)) : v.Type)];
        RegionChecks.Parameters(context, Body, given, "body");
        HashSet<string> visible = [.. Values.SelectMany(static v => IrTypes.Symbols(v.Type))];
        Shape scanned = context.ShapeOf(Values[States]);
        Dim length = scanned[context.Axis(At(InputAxes, 0), scanned.Rank)];
        return
        [
            .. Enumerable.Range(0, States).Select(i => TypeJoin.Outside(context, TypeJoin.Of(context, Values[i].Type, Body.Results[i].Type, i), visible, i)),
            .. Enumerable.Range(States, OutputCount - States).Select(i => Stacked(context, i, length, visible)),
        ];
    }

    private IrType Stacked(InferContext context, int output, Dim length, HashSet<string> visible)
    {
        IrType type = TypeJoin.Outside(context, Body.Results[output].Type, visible, output, shift: 1);
        return type switch
        {
            TensorType { Shape: { } shape } tensor => tensor with { Shape = shape.Insert(context.Axis(At(OutputAxes, output - States), shape.Rank + 1), length) },
            TensorType => type,
            _ => throw context.Error("TSR0213", $"scan {output} is {type}; only tensors can be stacked."),
        };
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor[] scanned = [.. Enumerable.Range(States, (int)ScanInputs).Select(context.Tensor)];
        RefValue[] states = [.. context.Operands.Take(States).Select(static v => v!)];
        RefValue[] captures = [.. context.Operands.Skip((int)Carried).Select(static v => v!)];
        List<RefTensor>[] slices = [.. Enumerable.Range(0, OutputCount - States).Select(static _ => new List<RefTensor>())];
        long length = scanned[0].Dims[Positive(At(InputAxes, 0), scanned[0].Rank)];
        for (long round = 0; round < length; round++)
        {
            RefTensor[] taken = [.. scanned.Select((t, k) => Take(t, Positive(At(InputAxes, k), t.Rank), IsBackwards(k) ? length - 1 - round : round))];
            IReadOnlyList<RefValue> results = context.Run(Body, [.. states, .. taken, .. captures]);
            states = [.. results.Take(States)];
            for (int k = 0; k < slices.Length; k++)
            {
                slices[k].Insert(IsPutInFront(k) ? 0 : slices[k].Count, (RefTensor)results[States + k]);
            }
        }

        return [.. states, .. slices.Select((list, k) => list.Count > 0 ? Stack(list, Positive(At(OutputAxes, k), list[0].Rank + 1)) : Nothing(context, States + k))];
    }

    /// <summary>The type of one slice of a scanned tensor.</summary>
    public static IrType Slice(IrType type, long axis) => type is TensorType { Shape: { Rank: > 0 } shape } tensor && axis >= -shape.Rank && axis < shape.Rank
        ? tensor with { Shape = [.. shape.Where((_, a) => a != Positive(axis, shape.Rank))] }
        : type;

    private static RefTensor Take(RefTensor x, int axis, long at)
    {
        long inner = AxisSizes.After(x.Dims, axis);
        return RefTensor.Gather(x, x.Dims.Where((_, a) => a != axis), i => (int)((((i / inner * x.Dims[axis]) + at) * inner) + (i % inner)));
    }

    private static RefTensor Stack(List<RefTensor> slices, int axis) =>
        Joining.Along([.. slices.Select(s => s.Reshaped([.. s.Dims.Take(axis), 1, .. s.Dims.Skip(axis)]))], axis);

    // Of no rounds at all, sizes that only a round could tell are 0.
    private RefTensor Nothing(EvalContext context, int output)
    {
        TensorType type = (TensorType)context.Types[output];
        HashSet<string> visible = [.. Values.SelectMany(static v => IrTypes.Symbols(v.Type))];
        long[] dims = [.. (type.Shape ?? [0]).Select(d => d.Symbols.All(visible.Contains) ? context.Size(d) : 0)];
        return type.DType switch
        {
            DType.Bool => RefTensor.Bools(dims, []),
            DType.String => RefTensor.Strings(dims, []),
            _ when type.DType.IsFloat() => RefTensor.Floats(type.DType, dims, []),
            _ => RefTensor.Ints(type.DType, dims, []),
        };
    }

    private static long At(EquatableArray<long> list, int index) => index < list.Count ? list[index] : 0;

    private static int Positive(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    public override IReadOnlyList<Batched> Batch(BatchContext context) => ScanBatching.Batch(context, this);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("Scan", 9)
    {
        Inputs = [new OnnxArgument.Operand("values")],
        Attributes =
        [
            new OnnxAttr.Direct("body", "body"), new OnnxAttr.Direct("num_scan_inputs", "scan_inputs"),
            new OnnxAttr.Direct("scan_input_axes", "input_axes"), new OnnxAttr.Direct("scan_input_directions", "input_directions"),
            new OnnxAttr.Direct("scan_output_axes", "output_axes"), new OnnxAttr.Direct("scan_output_directions", "output_directions"),
        ],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("sums", [], []),
        Sample("backwards", [1], [1]),
    ];

    private static OpSample Sample(string name, EquatableArray<long> axes, EquatableArray<long> directions) => new(name, g =>
    {
        Value x = g.In("x", "f32[3, 3]");
        Value start = g.In("s", "f32[3]");
        Region body = Ops.Regions.Of([start.Type, start.Type], static (b, p) => b.Add(p[0], p[1]) is var sum ? [sum, b.Neg(sum)] : []);
        return g.EmitAll(new Scan([start, x]) { Carried = 2, ScanInputs = 1, Body = body, InputAxes = axes, InputDirections = directions, OutputAxes = axes });
    });
}
