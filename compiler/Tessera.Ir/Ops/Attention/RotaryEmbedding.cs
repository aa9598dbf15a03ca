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

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [RotaryPrimitives.Turn(context.Tensor(0), context.Tensor(1), context.Tensor(2), Interleaved)];

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

    /// <summary>By the standard op where that takes it, heads in front of tokens where they stand there, else by primitives.</summary>
    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder) =>
        X.Rank <= 4 && X.DType != DType.F64 && X.Shape[X.Rank - 2].ConstValue is { } heads
            ? [Standard(builder, heads)]
            : [RotaryPrimitives.Build(builder, X, OverHeads(builder, Cos), OverHeads(builder, Sin), Interleaved)];

    private Value Standard(GraphBuilder g, long heads)
    {
        Shape batched = X.Rank == 4 ? X.Shape : [1, .. X.Shape];
        (long size, long turned) = (batched[3].ConstValue!.Value, 2 * Cos.Shape[Cos.Rank - 1].ConstValue!.Value);
        Value OfTokens(Value angles)
        {
            Shape full = [batched[0], batched[1], angles.Shape[angles.Rank - 1]];
            Value raised = angles.Rank == 3 ? angles : g.Reshape(angles, [.. Enumerable.Repeat(Dim.One, 3 - angles.Rank), .. angles.Shape]);
            return raised.Shape.Equals(full) ? raised : g.Expand(raised, full);
        }

        if (X.Op is Transpose { Perm: [0, 2, 1, 3], X: var apart })
        {
            Value turnedApart = g.StandardRotary(apart, OfTokens(Cos), OfTokens(Sin), heads, turned == size ? 0 : turned, Interleaved);
            return g.Transpose(turnedApart, [0, 2, 1, 3]);
        }

        Value merged = g.Reshape(X, [batched[0], batched[1], batched[2] * batched[3]]);
        Value result = g.StandardRotary(merged, OfTokens(Cos), OfTokens(Sin), heads, turned == size ? 0 : turned, Interleaved);
        return g.Reshape(result, X.Shape);
    }

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
