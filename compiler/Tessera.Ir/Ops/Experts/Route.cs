using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Which experts each token goes to and with what weight: <c>logits[T, E], selection_bias[E], cu_groups i32[G + 1] → weights[T, K'],
/// experts i64[T, K'], slot i64[T, K']</c>. K' is k, or E for expert choice and sparse top-k. An expert of −1 is none, its weight 0.
/// <para>In order: scores of the experts; the k of largest score + bias, of equal ones the lower expert, perhaps in the best groups of
/// experts alone; weights are the scores there, divided by their sum where renormalised, times <see cref="Scale"/>; what exceeds an expert's
/// capacity in a group of tokens is dropped. The third result, a token's place at its expert, is there only with a capacity or by expert choice.</para>
/// <para>A row that holds NaN, or unless by sigmoid +∞ or nothing but −∞, goes where logits of 0 go, with NaN as its weights.</para>
/// </summary>
[Op("route")]
public sealed partial record Route(Value Logits, Value? SelectionBias = null, Value? CuGroups = null) : Op
{
    /// <summary>Experts of each token; by expert choice, tokens of an expert times E ÷ T.</summary>
    public required long K { get; init; }

    public RouteScoring Scoring { get; init; }

    /// <summary>Selects by the logits and scores only what is selected: top-k, then softmax.</summary>
    public bool SelectFirst { get; init; }

    /// <summary>Equal consecutive groups of experts; 0 for none.</summary>
    public long GroupCount { get; init; }

    /// <summary>How many of these groups a token may use.</summary>
    public long TopGroups { get; init; }

    public GroupScore GroupScore { get; init; }

    /// <summary>Divides the weights of a token by their sum + <see cref="Epsilon"/>.</summary>
    public bool Renormalize { get; init; }

    public Real Epsilon { get; init; }

    /// <summary>Factor on the weights, last.</summary>
    public Real Scale { get; init; } = 1;

    /// <summary>The largest <see cref="CapacityFactor"/>: of 2³¹ tokens, the room of an expert is a whole number of 64 bits then, rounded up to a multiple too.</summary>
    public const double MostCapacityFactor = 1 << 24;

    /// <summary>An expert has room for <c>factor · k · n ÷ E</c> of a group's n tokens; 0 for no bound.</summary>
    public Real CapacityFactor { get; init; }

    public CapacityRounding CapacityRounding { get; init; }

    /// <summary>Rounds the capacity up to a multiple of this.</summary>
    public long CapacityMultiple { get; init; } = 1;

    public RoutePriority Priority { get; init; }

    /// <summary>Experts choose tokens (arXiv 2202.09368): each takes the <c>factor · k · n ÷ E</c> of largest score (factor 1 where it is 0).</summary>
    public bool ExpertChoice { get; init; }

    /// <summary>Half the relative distance within which the sparse mixer looks.</summary>
    public Real Jitter { get; init; } = 0.01;

    /// <inheritdoc cref="SparseTopK.Lambda"/>
    public Real Lambda { get; init; } = 1;

    /// <inheritdoc cref="SparseTopK.P"/>
    public Real P { get; init; } = 2;

    /// <inheritdoc cref="SparseTopK.Magnitude"/>
    public bool Magnitude { get; init; }

    /// <summary>Whether experts have a bounded number of places.</summary>
    public bool HasSlots => ExpertChoice || CapacityFactor.Value != 0;

    /// <summary>Whether every expert has a column in the results.</summary>
    public bool IsWide => ExpertChoice || Scoring == RouteScoring.SparseTopK;

    public override int OutputCount => HasSlots ? 3 : 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        RouteChecks.Check(context, this);
        Shape logits = context.ShapeOf(Logits);
        Shape result = [logits[0], IsWide ? logits[1] : Dim.Const(K)];
        TensorType ids = new(DType.I64, result);
        return [new TensorType(Logits.DType, result), .. Enumerable.Repeat(ids, OutputCount - 1)];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => new RouteOracle(context, this).Results();

    public override Dim? RowsCutBy(int operand) => operand == 2 ? Logits.Shape[0] : null;

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => new RouteBody(builder, this).Build();

    public override IReadOnlyList<Batched> Batch(BatchContext context) => RouteBatching.Batch(context, this);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("Route", 1)
    {
        Domain = OnnxMapping.TesseraDomain,
        Attributes =
        [
            OnnxAttr.Of("k"),
            new OnnxAttr.Direct("scoring", "scoring", "softmax"),
            new OnnxAttr.Direct("select_first", "select_first", 0L),
            new OnnxAttr.Direct("group_count", "group_count", 0L),
            new OnnxAttr.Direct("top_groups", "top_groups", 0L),
            new OnnxAttr.Direct("group_score", "group_score", "max"),
            new OnnxAttr.Direct("renormalize", "renormalize", 0L),
            new OnnxAttr.Direct("epsilon", "epsilon", new Real(0)),
            new OnnxAttr.Direct("scale", "scale", new Real(1)),
            new OnnxAttr.Direct("capacity_factor", "capacity_factor", new Real(0)),
            new OnnxAttr.Direct("capacity_rounding", "capacity_rounding", "ceil"),
            new OnnxAttr.Direct("capacity_multiple", "capacity_multiple", 1L),
            new OnnxAttr.Direct("priority", "priority", "choice"),
            new OnnxAttr.Direct("expert_choice", "expert_choice", 0L),
            new OnnxAttr.Direct("jitter", "jitter", new Real(0.01)),
            new OnnxAttr.Direct("lambda", "lambda", new Real(1)),
            new OnnxAttr.Direct("p", "p", new Real(2)),
            new OnnxAttr.Direct("magnitude", "magnitude", 0L),
        ],
    });

    internal static IEnumerable<OpSample> Samples() => RouteSamples.All();
}
