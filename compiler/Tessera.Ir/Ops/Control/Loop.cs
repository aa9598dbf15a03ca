using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// ONNX's Loop. Operands are the greatest number of rounds (i64, absent: no limit), the condition for the first round
/// (bool, absent: true), then <see cref="Carried"/> initial values, then captures. The body's parameters are
/// <c>(round i64[], condition bool[], carried…, captures…)</c> and its results <c>(condition, carried…, scans…)</c>; the results of
/// the op are the last carried values and each scan stacked along a new first axis. A carried size that changes from round
/// to round is declared in the body by a symbol of its own; outside it is a fresh one. In ONNX the captures are no inputs of
/// the node: the subgraph names the outer values.
/// </summary>
[Op("loop")]
public sealed partial record Loop(Value? MaxTrip, Value? Condition, EquatableArray<Value> Values) : Op, IRegionOp
{
    /// <summary>How many of <see cref="Values"/> are carried; the rest are captures.</summary>
    public required long Carried { get; init; }

    public required Region Body { get; init; }

    /// <summary>How many rounds it runs, where only the limit ends it and sizes say what that is; else null.</summary>
    public Dim? Rounds => EndsEarly || MaxTrip?.Sizes is not [var limit] ? null : Dim.Max(limit, 0);

    private bool EndsEarly => !(Condition is null || IsTrue(Condition)) || !(ReferenceEquals(Body.Results[0], Body.Parameters[1]) || IsTrue(Body.Results[0]));

    public override OpTraits Traits => OpTraits.Costly;

    public override int OutputCount => Body.Results.Count - 1;

    public int CaptureCount => Values.Count - (int)Carried;

    public IReadOnlyList<Region> Regions => [Body];

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Carried < 0 || Carried > Values.Count || Body.Results.Count <= Carried)
        {
            throw context.Error("TSR0213", $"{Carried} values cannot be carried: there are {Values.Count} values and the body has {Body.Results.Count} results.");
        }

        TensorType round = new(DType.I64, Shape.Scalar);
        TensorType condition = new(DType.Bool, Shape.Scalar);
        RegionChecks.Parameters(context, Body, [round, condition, .. Values.Select(static v => v.Type)], "body");
        HashSet<string> visible = [.. Values.SelectMany(static v => IrTypes.Symbols(v.Type))];
        return
        [
            .. Enumerable.Range(0, (int)Carried).Select(i => CarriedType(context, i, visible)),
            .. Enumerable.Range((int)Carried, OutputCount - (int)Carried).Select(i => ScanType(context, i, visible)),
        ];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        long limit = context.OptionalTensor(0)?.I[0] ?? long.MaxValue;
        bool goes = context.OptionalTensor(1)?.B[0] ?? true;
        RefValue[] carried = [.. context.Operands.Skip(2).Take((int)Carried).Select(static v => v!)];
        RefValue[] captures = [.. context.Operands.Skip(2 + (int)Carried).Select(static v => v!)];
        List<RefTensor>[] scans = [.. Enumerable.Range(0, OutputCount - carried.Length).Select(static _ => new List<RefTensor>())];
        for (long round = 0; goes && round < limit; round++)
        {
            IReadOnlyList<RefValue> results = context.Run(
                Body, [RefTensor.Scalar(round), RefTensor.Bools([], [goes]), .. carried, .. captures]);
            goes = ((RefTensor)results[0]).B[0];
            carried = [.. results.Skip(1).Take(carried.Length)];
            for (int s = 0; s < scans.Length; s++)
            {
                scans[s].Add((RefTensor)results[1 + carried.Length + s]);
            }
        }

        return [.. carried, .. scans.Select((scan, s) => Stack(context, scan, carried.Length + s))];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => LoopBatching.Batch(context, this);

    // A size that the body hands on as it got it is the initial one; one that it changes is not known before it runs.
    private IrType CarriedType(InferContext context, int i, HashSet<string> visible)
    {
        IrType declared = Body.Parameters[2 + i].Type;
        IrType next = Body.Results[1 + i].Type;
        if (!TypeJoin.Fits(context, next, declared, visible))
        {
            throw context.Error("TSR0213", $"carried value {i} begins a round as {declared} and ends it as {next}.");
        }

        if (Values[i].Type is TensorType { Shape: { } initial } type && declared is TensorType { Shape: { } before }
            && next is TensorType { Shape: { } after } && before.Rank == after.Rank)
        {
            return type with
            {
                Shape = [.. initial.Select((d, a) => after[a] == before[a] || after[a] == d ? d : context.Fresh(i, a))],
            };
        }

        // A value that is optional at first and never afterwards is what a round makes of it.
        IrType joined = declared is OptionalType && next is not OptionalType ? next : TypeJoin.Of(context, Values[i].Type, next, i);
        return TypeJoin.Outside(context, joined, visible, i);
    }

    private IrType ScanType(InferContext context, int output, HashSet<string> visible)
    {
        if (Body.Results[1 + output].Type is not TensorType element)
        {
            throw context.Error("TSR0213", $"scan {output} is {Body.Results[1 + output].Type}; only tensors can be stacked.");
        }

        TensorType outside = (TensorType)TypeJoin.Outside(context, element, visible, output, shift: 1);
        return outside with { Shape = outside.Shape is { } shape ? [Rounds is { } rounds ? context.Facts.Simplify(rounds) : context.Fresh(output, 0), .. shape] : null };
    }

    private static bool IsTrue(Value value) => value.Op is Constant { Value: { DType: DType.Bool, Count: 1 } content } && content.Bytes.Span[0] != 0;

    // Of no rounds at all, sizes that only a round could tell are 0.
    private RefTensor Stack(EvalContext context, List<RefTensor> scan, int output)
    {
        if (scan.Count > 0)
        {
            return RefTensor.Select(scan, [scan.Count, .. scan[0].Dims], i => (i / scan[0].Count, i % scan[0].Count));
        }

        TensorType type = (TensorType)context.Types[output];
        HashSet<string> visible = [.. Values.SelectMany(static v => IrTypes.Symbols(v.Type))];
        long[] dims = [.. (type.Shape ?? [0]).Select((d, a) => a > 0 && d.Symbols.All(visible.Contains) ? context.Size(d) : 0)];
        return type.DType switch
        {
            DType.Bool => RefTensor.Bools(dims, []),
            DType.String => RefTensor.Strings(dims, []),
            _ when type.DType.IsFloat() => RefTensor.Floats(type.DType, dims, []),
            _ => RefTensor.Ints(type.DType, dims, []),
        };
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Loop", 1)
        {
            Inputs = [new OnnxArgument.Operand("max_trip"), new OnnxArgument.Operand("condition"), new OnnxArgument.Operand("values")],
            Attributes = [new OnnxAttr.Direct("body", "body")],
        });

    internal static IEnumerable<OpSample> Samples() => LoopSamples.All();
}
