using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Attention with a state instead of a cache (arXiv 2412.06464), as ONNX's LinearAttention: <c>q[B, T, H · d], k[B, T, G · d], v[B, T, G · e], past[B, G, d, e], decay[B, T, G]</c> or
/// <c>[B, T, G · d], beta[B, T, G]</c> or <c>[B, T, 1]</c> → <c>y[B, T, H · e]</c> and the last state. Each step decays the state by e^decay (rules <c>gated</c> and
/// <c>gated_delta</c>), adds k ⊗ v or (<c>delta</c> and <c>gated_delta</c>) k ⊗ β (v − stateᵀ k), and gives scale · qᵀ state; 0 as scale stands for 1/√d.
/// </summary>
[Op("linear_attention")]
public sealed partial record LinearAttention(Value Q, Value K, Value V, Value? Past, Value? Decay, Value? Beta) : Op
{
    // Release 1.31 of ONNX Runtime has the op under its own name, for f32 on the CPU.
    private static readonly EquatableArray<OnnxAttr> s_attributes =
    [
        new OnnxAttr.Direct("q_num_heads", "query_heads"),
        new OnnxAttr.Direct("kv_num_heads", "key_heads"),
        OnnxAttr.Of("scale"),
        OnnxAttr.Of("update_rule"),
        OnnxAttr.Of("chunk_size"),
    ];

    public required long QueryHeads { get; init; }

    public required long KeyHeads { get; init; }

    public Real Scale { get; init; }

    /// <summary><c>linear</c>, <c>gated</c>, <c>delta</c> or <c>gated_delta</c>.</summary>
    public string UpdateRule { get; init; } = "gated_delta";

    /// <summary>A hint of how many steps to take at once.</summary>
    public long ChunkSize { get; init; } = 64;

    private bool IsGated => UpdateRule is "gated" or "gated_delta";

    private bool IsDelta => UpdateRule is "delta" or "gated_delta";

    public override int OutputCount => 2;

    // A step adds k ⊗ v to a state and reads the state by q for each head of queries; a rule with a delta reads it by k before.
    public override Dim Macs => Q.Shape[0] * Q.Shape[1] * Outputs[1].Shape[2] * Outputs[1].Shape[3] * ((KeyHeads * (IsDelta ? 2 : 1)) + QueryHeads);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Shape q, Shape k, Shape v) = (context.ShapeOf(Q), context.ShapeOf(K), context.ShapeOf(V));
        if (q.Rank != 3 || k.Rank != 3 || v.Rank != 3 || QueryHeads < 1 || KeyHeads < 1 || QueryHeads % KeyHeads != 0 || !Q.DType.IsFloat()
            || UpdateRule is not ("linear" or "gated" or "delta" or "gated_delta") || (IsGated && Decay is null) || (IsDelta && Beta is null))
        {
            throw context.Error("TSR0211", $"q, k and v must be float and of rank 3, with decay and beta as the rule '{UpdateRule}' needs them; they are {Q.Type}, {K.Type} and {V.Type}.");
        }

        Dim size = context.Facts.Simplify(Dim.FloorDiv(k[2], KeyHeads));
        Dim value = context.Facts.Simplify(Dim.FloorDiv(v[2], KeyHeads));
        return
        [
            new TensorType(Q.DType, [q[0], q[1], context.Facts.Simplify(value * QueryHeads)]),
            new TensorType(Past?.DType ?? Q.DType, [q[0], KeyHeads, size, value]),
        ];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor q, RefTensor k, RefTensor v) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        (int batch, int time, int heads, int groups) = ((int)q.Dims[0], (int)q.Dims[1], (int)QueryHeads, (int)KeyHeads);
        (int d, int e) = ((int)k.Dims[2] / groups, (int)v.Dims[2] / groups);
        double[] state = context.OptionalTensor(3) is { } past ? [.. past.F] : new double[batch * groups * d * e];
        double[] y = new double[batch * time * heads * e];
        double scale = Scale == 0 ? 1 / Math.Sqrt(d) : Scale;
        for (int b = 0; b < batch; b++)
        {
            for (int t = 0; t < time; t++)
            {
                int step = (b * time) + t;
                for (int g = 0; g < groups; g++)
                {
                    Span<double> own = state.AsSpan(((b * groups) + g) * d * e, d * e);
                    Update(own, k.F.AsSpan(((step * groups) + g) * d, d), v.F.AsSpan(((step * groups) + g) * e, e), context, step, g);
                }

                for (int h = 0; h < heads; h++)
                {
                    int from = ((b * groups) + (h / (heads / groups))) * d * e;
                    for (int j = 0; j < e; j++)
                    {
                        y[(((step * heads) + h) * e) + j] = scale * Enumerable.Range(0, d).Sum(i => q.F[(((step * heads) + h) * d) + i] * state[from + (i * e) + j]);
                    }
                }
            }
        }

        return [RefTensor.Floats(q.DType, [batch, time, heads * e], y), RefTensor.Floats(context.ResultDType(1), [batch, groups, d, e], state)];
    }

    private void Update(Span<double> state, ReadOnlySpan<double> k, ReadOnlySpan<double> v, EvalContext context, int step, int group)
    {
        (int d, int e) = (k.Length, v.Length);
        RefTensor? decay = IsGated ? context.OptionalTensor(4) : null;
        RefTensor? beta = IsDelta ? context.OptionalTensor(5) : null;
        for (int i = 0; i < d && decay is not null; i++)
        {
            long width = decay.Dims[2] / KeyHeads;
            double factor = Math.Exp(decay.F[(step * decay.Dims[2]) + (group * width) + (width == 1 ? 0 : i)]);
            for (int j = 0; j < e; j++)
            {
                state[(i * e) + j] *= factor;
            }
        }

        for (int j = 0; j < e; j++)
        {
            double added = v[j];
            for (int i = 0; i < d && beta is not null; i++)
            {
                added -= state[(i * e) + j] * k[i];
            }

            added *= beta is null ? 1 : beta.F[(step * beta.Dims[2]) + (beta.Dims[2] == 1 ? 0 : group)];
            for (int i = 0; i < d; i++)
            {
                state[(i * e) + j] += k[i] * added;
            }
        }
    }

    // A scan over the steps; narrow floats are computed in f32.
    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        (Dim batch, Dim time, long group) = (Q.Shape[0], Q.Shape[1], QueryHeads / KeyHeads);
        (Dim size, Dim value) = (Dim.FloorDiv(K.Shape[2], KeyHeads), Dim.FloorDiv(V.Shape[2], KeyHeads));
        DType wide = Q.DType == DType.F64 ? DType.F64 : DType.F32;
        Value Wide(Value v) => v.DType == wide ? v : builder.Cast(v, wide);
        Value Heads(Value v, Dim heads) => builder.Reshape(Wide(v), [batch, time, heads, Dim.FloorDiv(v.Shape[2], heads)]);
        Value state = Past is null ? builder.Expand(builder.Float(wide, 0), [batch, KeyHeads, size, value]) : Wide(Past);
        List<Value> values = [state, builder.Reshape(Wide(Q), [batch, time, KeyHeads, group, size]), Heads(K, KeyHeads), Heads(V, KeyHeads)];
        values.AddRange(IsGated ? [Heads(Decay!, KeyHeads)] : []);
        values.AddRange(IsDelta ? [Heads(Beta!, Beta!.Shape[2])] : []);
        Region body = Ops.Regions.Of(
            values.Select((v, i) => i == 0 ? v.Type : Scan.Slice(v.Type, 1)), (b, p) => Body(b, p, [batch, value * QueryHeads]), builder.Constraints);
        IReadOnlyList<Value> results = builder.EmitAll(new Scan([.. values])
        {
            Carried = values.Count,
            ScanInputs = values.Count - 1,
            Body = body,
            InputAxes = [.. Enumerable.Repeat(1L, values.Count - 1)],
            OutputAxes = [1],
        });
        Value Narrow(Value v, DType type) => type == wide ? v : builder.Cast(v, type);
        return [Narrow(results[1], Q.DType), Narrow(results[0], Past?.DType ?? Q.DType)];
    }

    private IReadOnlyList<Value> Body(GraphBuilder b, IReadOnlyList<Value> given, Shape result)
    {
        (Value state, Value q, Value column, Value added) = (given[0], given[1], b.Unsqueeze(given[2], [3]), given[3]);
        state = IsGated ? b.Mul(state, b.Exp(b.Unsqueeze(given[4], [3]))) : state;
        if (IsDelta)
        {
            Value found = b.Squeeze(b.MatMul(b.Transpose(state, [0, 1, 3, 2]), column), [3]);
            added = b.Mul(b.Sub(added, found), given[^1]);
        }

        state = b.Add(state, b.MatMul(column, b.Unsqueeze(added, [2])));
        double size = q.Shape[3].ConstValue ?? 0;
        Value scale = Scale != 0 ? b.Float(q.DType, Scale)
            : size > 0 ? b.Float(q.DType, 1 / Math.Sqrt(size))
            : b.Reciprocal(b.Sqrt(b.Cast(b.DimValue(q.Shape[3]), q.DType)));
        return [state, b.Mul(b.Reshape(b.MatMul(q, state), result), scale)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0, 0, 0, 0, 0]);

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("LinearAttention", 27) { Attributes = s_attributes },
        new OnnxRow("LinearAttention", 1)
        {
            Domain = "com.microsoft",
            Attributes = s_attributes,
            Later = [.. new[] { DType.F16, DType.BF16, DType.F64 }.Select(static t => new LaterType(t, LaterType.Never))],
        });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("linear", "linear"),
        Sample("gated delta", "gated_delta"),
    ];

    private static OpSample Sample(string name, string rule) => new(name, g => g.EmitAll(new LinearAttention(
        g.In("q", "f32[2, 3, 8]"), g.In("k", "f32[2, 3, 4]"), g.In("v", "f32[2, 3, 6]"), g.In("s", "f32[2, 2, 2, 3]"),
        rule == "linear" ? null : g.In("decay", "f32[2, 3, 2]"), rule == "linear" ? null : g.In("beta", "f32[2, 3, 2]"))
    { QueryHeads = 4, KeyHeads = 2, UpdateRule = rule }));
}
