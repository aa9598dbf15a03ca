using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// In training each element is 0 with probability ratio (0.5 where absent) and otherwise divided by 1 − ratio; else x stays
/// (arXiv 1207.0580). Results: the elements, and which were kept.
/// </summary>
/// <param name="X">The elements.</param>
/// <param name="Ratio">A scalar.</param>
/// <param name="Training">A scalar bool; false where absent.</param>
[Op("dropout")]
public sealed partial record Dropout(Value X, Value? Ratio, Value? Training) : Op
{
    public long? Seed { get; init; }

    /// <summary>A number of its own: two nodes never become one.</summary>
    public Dim? Id { get; init; }

    public override int OutputCount => 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        X.DType.IsFloat() && (Ratio is null || Ratio.DType.IsFloat()) && Training is null or { DType: DType.Bool }
            ? [X.Type, X.Tensor with { DType = DType.Bool }]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        double ratio = context.OptionalTensor(1)?.F[0] ?? 0.5;
        if (context.OptionalTensor(2)?.B[0] != true || ratio == 0)
        {
            return [x, RefTensor.Bools(x.Dims, [.. Enumerable.Repeat(true, x.Count)])];
        }

        bool[] kept = [.. Numbers(x.Count).Select(number => number >= ratio)];
        return [RefTensor.Floats(x.DType, x.Dims, [.. kept.Select((k, i) => k ? x.F[i] / (1 - ratio) : 0)]), RefTensor.Bools(x.Dims, kept)];
    }

    // With a seed, those of ONNX's own reference.
    private IEnumerable<double> Numbers(int count)
    {
        if (Seed is not { } seed)
        {
            Func<long, double> uniform = RandomOp.Uniforms($"dropout {Id}");
            return Enumerable.Range(0, count).Select(i => uniform(i));
        }

        MersenneTwister twister = new(unchecked((uint)seed));
        return Enumerable.Range(0, count).Select(_ => twister.NextUniform()).ToArray();
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        if (Training is not null && Training.Op is not Constant { Value: { } content } || Training?.Op is Constant { Value: var given } && RefTensors.FromContent(given).I[0] != 0)
        {
            throw context.Mixes("in training what it drops depends on an element's place among all");
        }

        Batched x = context.Operands[0]!;
        return [.. context.EmitAll(new Dropout(x.Value, null, null) { Seed = Seed, Id = Id }).Select(v => x with { Value = v })];
    }

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("Dropout", 13)
    {
        Attributes = [OnnxAttr.Of("seed")],
        When = static op => ((Dropout)op).Id is not null,
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("inference", static g => g.Dropout(g.In("x", "f32[n, 3]"), id: 0)),
        new("nothing dropped", static g => g.Dropout(g.In("x", "f32[n]"), g.Float(DType.F32, 0), g.In("training", "bool[]"), seed: 5, id: 1)),
        new("training", static g => g.Dropout(g.In("x", "f32[n, 3]"), g.Float(DType.F32, 0.25), g.In("training", "bool[]"), id: 2))
        {
            NoRuntime = RandomSamples.Own,
        },
    ];
}
