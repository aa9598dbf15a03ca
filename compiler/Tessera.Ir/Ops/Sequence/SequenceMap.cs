using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A region run for each element of a sequence, whose results make up sequences. The first <see cref="Carried"/> of the values belong to the
/// elements, one by one where they are sequences themselves; the rest are captures. In ONNX the subgraph names captures by itself.
/// </summary>
[Op("sequence_map")]
public sealed partial record SequenceMap(Value Sequence, EquatableArray<Value> Values) : Op, IRegionOp
{
    /// <summary>How many of <see cref="Values"/> are no captures.</summary>
    public required long Carried { get; init; }

    public required Region Body { get; init; }

    public override OpTraits Traits => OpTraits.Costly;

    public override int OutputCount => Body.Results.Count;

    public int CaptureCount => Values.Count - (int)Carried;

    public IReadOnlyList<Region> Regions => [Body];

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Carried < 0 || Carried > Values.Count || Sequence.Type is not SequenceType)
        {
            throw context.Error("TSR0213", $"the first operand must be a sequence; it is {Sequence.Type}.");
        }

        RegionChecks.Parameters(context, Body, [Element(Sequence.Type), .. Values.Select((v, i) => i < Carried ? Element(v.Type) : v.Type)], "body");
        HashSet<string> visible = [.. Values.Skip((int)Carried).SelectMany(static v => IrTypes.Symbols(v.Type))];
        return [.. Body.Results.Select((r, i) => new SequenceType(TypeJoin.Outside(context, r.Type, visible, i)))];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        IReadOnlyList<RefValue> items = ((RefSequence)context.Operands[0]!).Items;
        List<RefValue>[] results = [.. Body.Results.Select(static _ => new List<RefValue>())];
        for (int i = 0; i < items.Count; i++)
        {
            RefValue[] arguments = [items[i], .. context.Operands.Skip(1).Select((v, k) => k < Carried && v is RefSequence sequence ? sequence.Items[i] : v!)];
            foreach ((List<RefValue> list, RefValue value) in results.Zip(context.Run(Body, arguments)))
            {
                list.Add(value);
            }
        }

        return [.. results.Select(static r => new RefSequence(r))];
    }

    /// <summary>The type that a value has in one round.</summary>
    public static IrType Element(IrType type) => type is SequenceType { Element: var element } ? element : type;

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("SequenceMap", 17)
    {
        Inputs = [new OnnxArgument.Operand("sequence"), new OnnxArgument.Operand("values")],
        Attributes = [new OnnxAttr.Direct("body", "body")],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("sum", static g =>
        {
            Value sequence = g.SequenceConstruct([g.In("x", "f32[2, 3]"), g.In("y", "f32[2, 3]")]);
            Value added = g.In("z", "f32[3]");
            Region body = Ops.Regions.Of([Element(sequence.Type), added.Type], static (b, p) => [b.Add(p[0], p[1])]);
            return [g.ConcatFromSequence(g.EmitAll(new SequenceMap(sequence, [added]) { Carried = 1, Body = body })[0], 0)];
        }),
    ];
}
