using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>
/// Rotary position embedding (arXiv 2104.09864), token-major: <c>x[…, n, H, D]</c> with <c>cos, sin[…, n, R/2]</c>, R ≤ D;
/// each pair (a, b) of the first R features becomes (a cos − b sin, a sin + b cos), the rest stay.
/// Pairs are (i, i + R/2), or neighbours when interleaved.
/// </summary>
[Op("rotary_embedding")]
public sealed partial record RotaryEmbedding(Value X, Value Cos, Value Sin) : Op
{
    /// <summary>Pairs are (2i, 2i + 1) instead of (i, i + R/2).</summary>
    public bool Interleaved { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, Cos);
        context.RequireSameDType(X, Sin);
        (Shape x, Shape cos, Shape sin) = (context.ShapeOf(X), context.ShapeOf(Cos), context.ShapeOf(Sin));
        bool fits = x.Rank >= 3 && cos.Rank >= 1 && cos.Rank <= x.Rank - 1 && cos.Equals(sin)
            && x[x.Rank - 1].ConstValue is { } size && cos[cos.Rank - 1].ConstValue is { } half && 2 * half <= size;
        if (!fits)
        {
            throw context.Error("TSR0211", $"x must be […, n, H, D] and cos, sin […, n, R/2] with R ≤ D; they are {X.Type}, {Cos.Type} and {Sin.Type}.");
        }

        Shape tokens = [.. x.Take(x.Rank - 2)];
        Shape angles = [.. cos.SkipLast(1)];
        return context.Broadcast(tokens, angles).Equals(tokens)
            ? [X.Type]
            : throw context.Error("TSR0211", $"the angles {Cos.Type} must broadcast to the tokens of {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor x, RefTensor cos, RefTensor sin) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        (int heads, int size, int half) = ((int)x.Dims[^2], (int)x.Dims[^1], (int)cos.Dims[^1]);
        int[] map = Broadcasting.Map(cos, [.. x.Dims[..^2], half]);
        double[] result = [.. x.F];
        for (int row = 0; row < x.Count / Math.Max(1, size); row++)
        {
            for (int i = 0; i < half; i++)
            {
                int angle = map[(row / heads * half) + i];
                int a = (row * size) + (Interleaved ? 2 * i : i);
                int b = Interleaved ? a + 1 : a + half;
                result[a] = (x.F[a] * cos.F[angle]) - (x.F[b] * sin.F[angle]);
                result[b] = (x.F[a] * sin.F[angle]) + (x.F[b] * cos.F[angle]);
            }
        }

        return [RefTensor.Floats(x.DType, x.Dims, result)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape x = context.ShapeOf(0);
        Shape tokens = [.. x.SkipLast(2)];
        Value cos = Angles(context, 1, tokens);
        Value sin = Angles(context, 2, tokens);
        Batched aligned = context.Operands[0]!.Form == BatchForm.Unbatched
            ? throw context.Mixes("its angles depend on the example and x does not")
            : context.Operands[0]!;
        return [context.Wrap(context.Emit(this with { X = aligned.Value, Cos = cos, Sin = sin }), context.ResultShape())];
    }

    private static Value Angles(BatchContext context, int operand, Shape tokens)
    {
        Shape own = context.ShapeOf(operand);
        return Alignment.Align(context, context.Operands[operand]!, own, [.. tokens, own[own.Rank - 1]]);
    }

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        int last = X.Rank - 1;
        Dim size = X.Shape[last];
        Dim half = Cos.Shape[Cos.Rank - 1];
        Value cos = OverHeads(builder, Cos);
        Value sin = OverHeads(builder, Sin);
        (Value a, Value b) = Pairs(builder, half);
        Value left = builder.Sub(builder.Mul(a, cos), builder.Mul(b, sin));
        Value right = builder.Add(builder.Mul(a, sin), builder.Mul(b, cos));
        Value turned = Interleaved
            ? builder.Reshape(builder.Concat([Last(builder, left), Last(builder, right)], axis: -1), [.. X.Shape.SkipLast(1), half * 2])
            : builder.Concat([left, right], axis: -1);
        return [(half * 2).Equals(size) ? turned : builder.Concat([turned, Part(builder, X, half * 2, size)], axis: -1)];
    }

    private (Value A, Value B) Pairs(GraphBuilder builder, Dim half)
    {
        Value rotated = Part(builder, X, 0, half * 2);
        if (!Interleaved)
        {
            return (Part(builder, rotated, 0, half), Part(builder, rotated, half, half * 2));
        }

        Value pairs = builder.Reshape(rotated, [.. X.Shape.SkipLast(1), half, 2]);
        Shape one = [.. X.Shape.SkipLast(1), half];
        return (builder.Reshape(Part(builder, pairs, 0, 1), one), builder.Reshape(Part(builder, pairs, 1, 2), one));
    }

    private static Value Part(GraphBuilder builder, Value x, Dim start, Dim end) =>
        builder.Slice(x, starts: [start], ends: [end], axes: [x.Rank - 1]);

    private static Value Last(GraphBuilder builder, Value x) => builder.Reshape(x, [.. x.Shape, 1]);

    // […, n, R/2] → […, n, 1, R/2], one angle for all heads.
    private static Value OverHeads(GraphBuilder builder, Value angles) =>
        builder.Reshape(angles, [.. angles.Shape.SkipLast(1), 1, angles.Shape[angles.Rank - 1]]);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("halves", "f32[n, 2, 6]", "f32[n, 3]"),
        Sample("interleaved", "f32[n, 2, 6]", "f32[n, 3]", true),
        Sample("partial", "f32[n, 2, 6]", "f32[n, 2]"),
        Sample("partial interleaved", "f32[n, 2, 6]", "f32[n, 2]", true),
        Sample("batched", "f32[2, n, 1, 4]", "f32[n, 2]"),
        Sample("f16", "f16[n, 2, 4]", "f16[n, 2]"),
    ];

    private static OpSample Sample(string name, string x, string angles, bool interleaved = false) =>
        new(name, g => [g.RotaryEmbedding(g.In("x", x), g.In("cos", angles), g.In("sin", angles), interleaved)]);
}
