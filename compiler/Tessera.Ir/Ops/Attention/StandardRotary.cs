using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Rotary position embedding as <c>ai.onnx</c> has it since opset 23: <c>x[B, n, H·D]</c> or <c>x[B, H, n, D]</c> with
/// <c>cos, sin[B, n, R/2]</c>. <see cref="RotaryEmbedding"/> is what models and rules speak of; this is what it is lowered to.
/// </summary>
[Op("standard_rotary")]
public sealed partial record StandardRotary(Value X, Value Cos, Value Sin) : Op
{
    /// <summary>H.</summary>
    public required long Heads { get; init; }

    /// <summary>R; 0 for the whole head.</summary>
    public long RotaryDim { get; init; }

    /// <summary>Pairs are (2i, 2i + 1) instead of (i, i + R/2).</summary>
    public bool Interleaved { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, Cos);
        context.RequireSameDType(X, Sin);
        (Shape x, Shape cos) = (context.ShapeOf(X), context.ShapeOf(Cos));
        if (x.Rank is not (3 or 4) || cos.Rank != 3 || !cos.Equals(context.ShapeOf(Sin)) || Heads <= 0 || !IsWhole(x, cos[2]))
        {
            throw context.Error("TSR0211", $"x must be [B, n, {Heads} · D] or [B, {Heads}, n, D] and cos, sin [B, n, R/2] with R ≤ D; they are {X.Type}, {Cos.Type} and {Sin.Type}.");
        }

        context.RequireEqual(x[0], cos[0], "batch sizes of x and of the angles");
        context.RequireEqual(x[^2], cos[1], "tokens of x and of the angles");
        return [X.Type];
    }

    private bool IsWhole(Shape x, Dim half) => x[^1].ConstValue is { } last && half.ConstValue is { } angles
        && (x.Rank == 4 ? x[1].ConstValue == Heads : last % Heads == 0)
        && (x.Rank == 4 ? last : last / Heads) is var size
        && 2 * angles <= size && 2 * angles == (RotaryDim == 0 ? size : RotaryDim);

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor cos, RefTensor sin) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        return x.Rank == 3
            ? [RotaryPrimitives.Turn(x.Reshaped([.. x.Dims[..2], Heads, x.Dims[2] / Heads]), cos, sin, Interleaved).Reshaped(x.Dims)]
            : [Swapped(RotaryPrimitives.Turn(Swapped(x), cos, sin, Interleaved))];
    }

    // [B, H, n, D] and [B, n, H, D], either way.
    private static RefTensor Swapped(RefTensor x)
    {
        (int a, int b, int d) = ((int)x.Dims[1], (int)x.Dims[2], (int)x.Dims[3]);
        return RefTensor.Gather(x, [x.Dims[0], b, a, d], i =>
        {
            (int row, int feature) = Math.DivRem(i, d);
            (int group, int inner) = Math.DivRem(row, a);
            (int batch, int outer) = Math.DivRem(group, b);
            return (((((batch * a) + inner) * b) + outer) * d) + feature;
        });
    }

    /// <summary>Below opset 23: products and sums of the halves.</summary>
    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        int heads = X.Rank == 3 ? 2 : 1;
        Value x = X.Rank == 3 ? builder.Reshape(X, [X.Shape[0], X.Shape[1], Heads, Dim.FloorDiv(X.Shape[2], Heads)]) : X;
        Value OverHeads(Value angles) => builder.Reshape(angles, angles.Shape.Insert(heads, 1));
        Value turned = RotaryPrimitives.Build(builder, x, OverHeads(Cos), OverHeads(Sin), Interleaved);
        return [X.Rank == 3 ? builder.Reshape(turned, X.Shape) : turned];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0, 0]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "RotaryEmbedding",
        23,
        new OnnxAttr.Direct("num_heads", "heads"),
        new OnnxAttr.Direct("rotary_embedding_dim", "rotary_dim", 0L),
        new OnnxAttr.Direct("interleaved", "interleaved", 0L)).Lacks(DType.F64);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("merged", "[2, n, 12]", 3, 2),
        Sample("interleaved", "[2, n, 12]", 3, 2, interleaved: true),
        Sample("partial", "[2, n, 12]", 2, 2, rotaryDim: 4),
        Sample("partial interleaved", "[2, n, 12]", 2, 2, rotaryDim: 4, interleaved: true),
        Sample("heads first", "[2, 3, n, 8]", 4, 3),
        Sample("heads first, partial", "[2, 3, n, 8]", 2, 3, rotaryDim: 4),
        Sample("heads first, interleaved", "[2, 3, n, 8]", 4, 3, interleaved: true),
        Sample("f16", "[2, n, 8]", 2, 2, dtype: "f16"),
    ];

    private static OpSample Sample(string name, string x, int half, long heads, long rotaryDim = 0, bool interleaved = false, string dtype = "f32") => new(name, g =>
    [
        g.StandardRotary(g.In("x", dtype + x), g.In("cos", $"{dtype}[2, n, {half}]"), g.In("sin", $"{dtype}[2, n, {half}]"), heads, rotaryDim, interleaved),
    ]);
}
