using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Each token through its own experts, small perceptrons of two or three matrices: <c>x[T, D], experts i64[T, K], weights[T, K] → [T, D']</c>,
/// row t being <c>Σ_j weights[t, j] · expert(experts[t, j])(x[t])</c>. An id outside [0, E) contributes nothing, whatever its weight.
/// <para><see cref="Tail"/> holds the experts one after another, each as <c>w1[D, H], b1[H], w2[H, D'], b2[D'], w3[D, H], b3[H]</c> where present
/// (w1 has 2H columns where the gate lies in it), each matrix followed by its scale and zero point where it is quantised. H may
/// differ by expert.</para>
/// <para>h = activation(min(g, limit)) · (clamp(v, ±limit) + beta) with g = x·w1 + b1 and v = x·w3 + b3; without a gate h = activation(min(g, limit)).</para>
/// </summary>
[Op("grouped_mlp")]
public sealed partial record GroupedMlp(Value X, Value Experts, Value Weights, EquatableArray<Value> Tail) : Op
{
    /// <summary>E, the number of experts.</summary>
    public required long ExpertCount { get; init; }

    public ExpertActivation Activation { get; init; }

    public ExpertGate Gate { get; init; }

    /// <summary>Whether each matrix has a bias.</summary>
    public bool Biases { get; init; }

    /// <summary>Whether matrices are quantised, as <see cref="DequantizeLinear"/> along axis 0 takes them.</summary>
    public bool Scaled { get; init; }

    /// <summary>Whether a zero point follows each scale.</summary>
    public bool ZeroPoints { get; init; }

    /// <summary>Rows of a matrix that share a scale; 0 where all do.</summary>
    public long BlockSize { get; init; }

    public WeightSide WeightOn { get; init; }

    /// <summary>α of <see cref="ExpertActivation.Silu"/>.</summary>
    public Real Alpha { get; init; } = 1;

    /// <summary>β, added to the gate's factor.</summary>
    public Real Beta { get; init; }

    /// <summary>Bound on what is activated, from above, and on the gate's factor, both ways; 0 for none.</summary>
    public Real Limit { get; init; }

    /// <summary>Matrices of an expert.</summary>
    public int Matrices => Gate == ExpertGate.Separate ? 3 : 2;

    /// <summary>Values of <see cref="Tail"/> that one expert takes.</summary>
    public int Stride => Matrices * PerMatrix;

    private int PerMatrix => 1 + (Scaled ? 1 : 0) + (ZeroPoints ? 1 : 0) + (Biases ? 1 : 0);

    /// <summary>A matrix of an expert, 0 to 2, with what belongs to it.</summary>
    public ExpertMatrix Matrix(int expert, int matrix)
    {
        int at = (expert * Stride) + (matrix * PerMatrix);
        int bias = at + PerMatrix - 1;
        return new ExpertMatrix(Tail[at], Scaled ? Tail[at + 1] : null, ZeroPoints ? Tail[at + 2] : null, Biases ? Tail[bias] : null);
    }

    /// <summary>Products of the K experts of each token, of their mean size.</summary>
    public override Dim Macs => ExpertCount == 0 ? 0 : Dim.FloorDiv(
        X.Shape[0] * Experts.Shape[1] * Enumerable.Range(0, (int)ExpertCount)
            .SelectMany(e => Enumerable.Range(0, Matrices).Select(m => Matrix(e, m).Weight.Shape.NumElements))
            .Aggregate((Dim)0, static (a, b) => a + b),
        ExpertCount);

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [GroupedMlpChecks.ResultType(context, this)];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [new GroupedMlpOracle(context, this).Result()];

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [new GroupedMlpBody(builder, this).Build()];

    public override IReadOnlyList<Batched> Batch(BatchContext context) =>
        Folding.Batch(context, [0, 0, 0, .. Enumerable.Repeat(Folding.Shared, Tail.Count)]);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("GroupedMlp", 1)
    {
        Domain = OnnxMapping.TesseraDomain,
        Attributes =
        [
            OnnxAttr.Of("expert_count"),
            OnnxAttr.Of("activation"),
            new OnnxAttr.Direct("gate", "gate", "none"),
            new OnnxAttr.Direct("biases", "biases", 0L),
            new OnnxAttr.Direct("scaled", "scaled", 0L),
            new OnnxAttr.Direct("zero_points", "zero_points", 0L),
            new OnnxAttr.Direct("block_size", "block_size", 0L),
            new OnnxAttr.Direct("weight_on", "weight_on", "output"),
            new OnnxAttr.Direct("alpha", "alpha", new Real(1)),
            new OnnxAttr.Direct("beta", "beta", new Real(0)),
            new OnnxAttr.Direct("limit", "limit", new Real(0)),
        ],
    });

    internal static IEnumerable<OpSample> Samples() => GroupedMlpSamples.All();
}
