using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// One of two regions, chosen by a bool scalar. Both take the captures as their parameters, in order, and have the same
/// number of results; where their types differ the result has the least type that both fit. In ONNX the captures are no
/// inputs of the node: the subgraphs name the outer values.
/// </summary>
[Op("if")]
public sealed partial record If(Value Condition, EquatableArray<Value> Captures) : Op, IRegionOp
{
    public required Region Then { get; init; }

    public required Region Else { get; init; }

    public override OpTraits Traits => OpTraits.Costly;

    public override int OutputCount => Then.Results.Count;

    public int CaptureCount => Captures.Count;

    public IReadOnlyList<Region> Regions => [Then, Else];

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (Condition.Type is not TensorType { DType: DType.Bool, Shape: { } shape } || !context.Allows(context.Facts.Equal(shape.NumElements, 1)))
        {
            throw context.Error("TSR0213", $"the condition must be one bool; it is {Condition.Type}.");
        }

        if (Then.Results.Count != Else.Results.Count)
        {
            throw context.Error("TSR0213", $"the branches have {Then.Results.Count} and {Else.Results.Count} results.");
        }

        RegionChecks.Parameters(context, Then, [.. Captures.Select(static v => v.Type)], "then");
        RegionChecks.Parameters(context, Else, [.. Captures.Select(static v => v.Type)], "else");
        HashSet<string> visible = [.. Captures.SelectMany(static v => IrTypes.Symbols(v.Type))];
        return
        [
            .. Then.Results.Zip(Else.Results).Select((pair, i) =>
                TypeJoin.Outside(context, TypeJoin.Of(context, pair.First.Type, pair.Second.Type, i), visible, i)),
        ];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        context.Run(context.Tensor(0).B[0] ? Then : Else, [.. context.Operands.Skip(1).Select(static v => v!)]);

    public override IReadOnlyList<Batched> Batch(BatchContext context) => IfBatching.Batch(context, this);

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("If", 1)
        {
            Inputs = [new OnnxArgument.Operand("condition")],
            Attributes = [new OnnxAttr.Direct("then_branch", "then"), new OnnxAttr.Direct("else_branch", "else")],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("same type", static (g, p) => [g.Add(p[0], p[0])], static (g, p) => [g.Mul(p[0], p[0])]),
        Sample("sizes differ", static (g, p) => [p[0]], static (g, p) => [g.Concat([p[0], p[0]], 0)]),
        Sample("two results", static (g, p) => [p[0], g.ShapeOf(p[0])], static (g, p) => [g.Add(p[0], p[0]), g.Ints(7, 8)]),
    ];

    private static OpSample Sample(
        string name,
        Func<GraphBuilder, IReadOnlyList<Value>, IReadOnlyList<Value>> then,
        Func<GraphBuilder, IReadOnlyList<Value>, IReadOnlyList<Value>> @else) =>
        new(name, g =>
        {
            Value x = g.In("x", "f32[n, 2]");
            return g.If(g.In("c", "bool[]"), [x], Ops.Regions.Of([x.Type], then), Ops.Regions.Of([x.Type], @else));
        })
        { Sizes = ShapingSamples.Sizes };
}
