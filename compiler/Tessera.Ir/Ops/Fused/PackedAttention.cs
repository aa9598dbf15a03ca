using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Attention inside each segment of packed sequences only: <c>q[T, H, D], k[S, G, D], v[S, G, E] → [T, H, E]</c>, with
/// segment b's queries at <c>cu_q[b] … cu_q[b + 1]</c> and its keys at <c>cu_k[b] … cu_k[b + 1]</c> (i32[B + 1], from 0,
/// never falling). H is a multiple of G. Options as in <see cref="AttentionOp"/>, positions counted inside the segment.
/// </summary>
/// <param name="Bias">Relative bias <c>[H, 2R + 1]</c>: logit (h, i, j) gains <c>bias[h, clamp(j − i, −R, R) + R]</c>.</param>
/// <param name="QNorm">Gain <c>[D]</c> of an RMS norm on each query head.</param>
/// <param name="KNorm">Gain <c>[D]</c> of an RMS norm on each key head.</param>
[Op("packed_attention")]
public sealed partial record PackedAttention(
    Value Q, Value K, Value V, Value CuQ, Value CuK, Value? Bias = null, Value? QNorm = null, Value? KNorm = null) : AttentionOp
{
    /// <summary>Multiply-accumulates for one pair of a query and a key of the same example.</summary>
    public Dim MacsPerPair => Q.Shape[1] * (Q.Shape[2] + V.Shape[2]);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        CheckHeads(context, Q, K, V, rank: 3);
        CheckOptional(context, Q, Bias, QNorm, KNorm);
        context.RequireEqual(Segments.Offsets(context, CuQ)[0], Segments.Offsets(context, CuK)[0], "segments of cu_q and cu_k");
        return [new TensorType(Q.DType, [Q.Shape[0], Q.Shape[1], V.Shape[2]])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor q, RefTensor k, RefTensor v) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        long[] cuQ = Segments.Check(context, context.Tensor(3), q.Dims[0]);
        long[] cuK = Segments.Check(context, context.Tensor(4), k.Dims[0]);
        AttentionOracle oracle = new(this, q, k, v)
        {
            Bias = context.OptionalTensor(5),
            QNorm = context.OptionalTensor(6),
            KNorm = context.OptionalTensor(7),
        };
        double[] result = new double[q.Dims[0] * q.Dims[1] * v.Dims[2]];
        for (int b = 0; b + 1 < cuQ.Length; b++)
        {
            oracle.Run(result, (int)cuQ[b], (int)(cuQ[b + 1] - cuQ[b]), (int)cuK[b], (int)(cuK[b + 1] - cuK[b]));
        }

        return [RefTensor.Floats(q.DType, [q.Dims[0], q.Dims[1], v.Dims[2]], result)];
    }

    public override Dim? RowsCutBy(int operand) => operand switch
    {
        3 => Q.Shape[0],
        4 => K.Shape[0],
        _ => null,
    };

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder) => [PackedAttentionBody.Build(builder, this)];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("it belongs to a packed batch already");

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("PackedAttention", 1)
    {
        Domain = OnnxMapping.TesseraDomain,
        Attributes =
        [
            new OnnxAttr.Direct("scale", "scale", new Real(0)),
            new OnnxAttr.Direct("causal", "causal", 0L),
            new OnnxAttr.Direct("window_left", "window_left", -1L),
            new OnnxAttr.Direct("window_right", "window_right", -1L),
            new OnnxAttr.Direct("softcap", "softcap", new Real(0)),
            new OnnxAttr.Direct("norm_epsilon", "norm_epsilon", new Real(1e-6)),
        ],
    });

    internal static IEnumerable<OpSample> Samples() => PackedAttentionSamples.All();
}
