using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Sparse and differentiable top-k along the last axis (arXiv 2302.01425), regularised by a p-norm: a mask in [0, 1] that sums to
/// k, or with <see cref="Magnitude"/> the elements themselves, shrunk. With q = p/(p − 1), a mask is
/// <c>clip(((x − τ)₊/λ)^(q−1), 0, 1)</c> for the τ at which it sums to k. As λ falls to 0 both become the hard top-k.
/// </summary>
[Op("sparse_top_k")]
public sealed partial record SparseTopK(Value X) : Op
{
    /// <summary>How many elements the mask stands for.</summary>
    public required long K { get; init; }

    /// <summary>Strength of the regularisation, above 0.</summary>
    public Real Lambda { get; init; } = 1;

    /// <summary>The norm, above 1: 2 is piecewise linear, 4/3 smooth.</summary>
    public Real P { get; init; } = 2;

    /// <summary>Selects by magnitude and gives elements in place of a mask.</summary>
    public bool Magnitude { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (context.ShapeOf(X).Rank == 0 || !X.DType.IsFloat())
        {
            throw context.Error("TSR0216", $"x must be float of rank 1 or more; it is {X.Type}.");
        }

        return K >= 0 && Lambda.Value > 0 && double.IsFinite(Lambda.Value) && P.Value > 1 && double.IsFinite(P.Value)
            ? [X.Type]
            : throw context.Error("TSR0216", $"k is {K}, lambda {Lambda} and p {P}.", "k must be 0 or more, lambda above 0, p above 1, all finite.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        double[] result = new double[x.Count];
        SoftSelection selection = SoftSelection.Of(this);
        foreach (int[] slice in Slices.Along(x.Dims, -1))
        {
            double[] y = selection.Apply([.. slice.Select(i => x.F[i])]);
            for (int i = 0; i < slice.Length; i++)
            {
                result[slice[i]] = y[i];
            }
        }

        return [RefTensor.Floats(x.DType, x.Dims, result)];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder) => [SparseTopKBody.Build(builder, this)];

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        return x.Axis != context.ShapeOf(0).Rank - 1 || x.Axis < 0
            ? [x with { Value = context.Emit(this with { X = x.Value }) }]
            : throw context.Mixes("it selects among the tokens of each example");
    }

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("SparseTopK", 1)
    {
        Domain = OnnxMapping.TesseraDomain,
        Attributes =
        [
            OnnxAttr.Of("k"),
            new OnnxAttr.Direct("lambda", "lambda", new Real(1)),
            new OnnxAttr.Direct("p", "p", new Real(2)),
            new OnnxAttr.Direct("magnitude", "magnitude", 0L),
        ],
    });

    internal static IEnumerable<OpSample> Samples() => SparseTopKSamples.All();
}
