using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>
/// Scaled dot-product attention, token-major: <c>q[n, H, D], k[m, G, D], v[m, G, E] → [n, H, E]</c>, or all with a leading
/// batch axis. H is a multiple of G; query head h reads key head h / (H / G). Options as in <see cref="AttentionOp"/>.
/// </summary>
/// <param name="Bias">Relative bias <c>[H, 2R + 1]</c>: logit (h, i, j) gains <c>bias[h, clamp(j − i, −R, R) + R]</c>.</param>
/// <param name="QNorm">Gain <c>[D]</c> of an RMS norm on each query head.</param>
/// <param name="KNorm">Gain <c>[D]</c> of an RMS norm on each key head.</param>
/// <param name="Mask">Added to the logits, broadcast to <c>[H, n, m]</c> (batched: <c>[B, H, n, m]</c>); where keys are left out, −∞ hides a key.</param>
/// <param name="KLengths"><c>i64[B]</c>, batched form only: keys from there on are left out.</param>
/// <param name="Visible">Flags broadcast as the mask is: a key with <c>false</c> is hidden.</param>
[Op("attention")]
public sealed partial record Attention(
    Value Q,
    Value K,
    Value V,
    Value? Bias = null,
    Value? QNorm = null,
    Value? KNorm = null,
    Value? Mask = null,
    Value? KLengths = null,
    Value? Visible = null) : AttentionOp
{
    /// <summary>What becomes of keys that causality, a window or the flags hide.</summary>
    public Hiding Hiding { get; init; }

    /// <summary>What is added to the logits of hidden keys, or stands in their place.</summary>
    public Real Fill { get; init; } = double.NegativeInfinity;

    /// <summary>
    /// Weights that are NaN count as 0, as those of a query do that sees no key. (0 times a NaN value is NaN still; what this is
    /// lowered to gives 0 then.)
    /// </summary>
    public bool Safe { get; init; }

    /// <summary>A second result: logits <c>[H, n, m]</c> (batched: <c>[B, H, n, m]</c>) of this stage.</summary>
    public LogitsStage Logits { get; init; }

    public override int OutputCount => Logits == LogitsStage.None ? 1 : 2;

    /// <summary>Whether causality, a window or flags hide keys.</summary>
    public bool HidesKeys => Causal || HasWindow || Visible is not null;

    // Every query head meets every key twice: once for its logit, once for its value.
    public override Dim Macs => Dim.Product(Q.Shape.Take(Q.Rank - 1)) * K.Shape[Q.Rank - 3] * (Q.Shape[Q.Rank - 1] + V.Shape[Q.Rank - 1]);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        int rank = context.ShapeOf(Q).Rank;
        if (rank is not (3 or 4))
        {
            throw context.Error("TSR0211", $"q must be [n, heads, head size] with or without a batch axis; it is {Q.Type}.");
        }

        CheckHeads(context, Q, K, V, rank);
        CheckOptional(context, Q, Bias, QNorm, KNorm);
        Shape q = Q.Shape;
        if (rank == 4)
        {
            context.RequireEqual(q[0], K.Shape[0], "batch sizes of q and k");
        }

        Shape full = [.. q.Take(rank - 3), q[rank - 2], q[rank - 3], K.Shape[rank - 3]];
        CheckMasks(context, full);
        if (KLengths is not null && rank != 4)
        {
            throw context.Error("TSR0211", "key lengths need a batch axis.");
        }

        TensorType result = new(Q.DType, q.With(rank - 1, V.Shape[rank - 1]));
        return Logits == LogitsStage.None ? [result] : [result, new TensorType(Q.DType, full)];
    }

    private void CheckMasks(InferContext context, Shape full)
    {
        foreach ((string name, Value? mask, bool fits) in (ReadOnlySpan<(string, Value?, bool)>)[
            ("mask", Mask, Mask is null || Mask.DType == Q.DType), ("flags", Visible, Visible is null || Visible.DType == DType.Bool)])
        {
            if (mask is not null && !(fits && context.Broadcast(context.ShapeOf(mask), full).Equals(full)))
            {
                throw context.Error("TSR0211", $"the {name} {mask.Type} must broadcast to {full}.", "A mask is of the type of q, flags are bool.");
            }
        }

        if (double.IsNaN(Fill) || Fill > 0)
        {
            throw context.Error("TSR0211", $"fill is {Fill}.", "It must be 0 or less; −∞ hides a key wholly.");
        }
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor q, RefTensor k, RefTensor v) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        AttentionOracle oracle = new(this, q, k, v)
        {
            Bias = context.OptionalTensor(3),
            QNorm = context.OptionalTensor(4),
            KNorm = context.OptionalTensor(5),
            Hiding = Hiding,
            Fill = Fill,
            Safe = Safe,
            Stage = Logits,
        };
        double[] result = oracle.RunBatch(context.OptionalTensor(6), context.OptionalTensor(7), context.OptionalTensor(8));
        RefTensor attended = RefTensor.Floats(q.DType, [.. q.Dims[..^1], v.Dims[^1]], result);
        return Logits == LogitsStage.None
            ? [attended]
            : [attended, RefTensor.Floats(q.DType, [.. q.Dims[..^3], q.Dims[^2], q.Dims[^3], k.Dims[^3]], oracle.Logits)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => AttentionBatching.Batch(context, this);

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder) => AttentionBody.Build(builder, this);

    /// <summary>The results by matrix products and a softmax, which need no guard where there is nothing to attend to.</summary>
    public IReadOnlyList<Value> ByProducts(GraphBuilder builder) => AttentionBody.Build(builder, this, plain: true);

    internal static IEnumerable<OpSample> Samples() => AttentionSamples.All();
}
