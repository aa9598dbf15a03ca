using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>Reads a perceptron of two or three matrices from the value that it gives.</summary>
/// <param name="rank">Rank of its weights: 2, or 3 where experts are stacked.</param>
internal sealed class ExpertMatcher(int rank)
{
    public ExpertForm? Match(Value output)
    {
        if (Affine.Of(output, rank) is not { } second)
        {
            return null;
        }

        ExpertForm? form = Plain(second) ?? (second.X.Op is Mul { A: var a, B: var b } ? Gated(second, a, b) ?? Gated(second, b, a) : null);
        return form is { IsEven: true } ? form : null;
    }

    private ExpertForm? Plain(Affine second) =>
        Activated(second.X) is var (kind, alpha, x) && Limited(x) is var (g, limit) && Affine.Of(g, rank) is { } first
            ? new ExpertForm(first.X, first, second) { Activation = kind, Alpha = alpha, Limit = limit }
            : null;

    // act(min(g, limit)) · (clamp(v, ±limit) + beta)
    private ExpertForm? Gated(Affine second, Value activated, Value factor)
    {
        if (Activated(activated) is not var (kind, alpha, inner))
        {
            return null;
        }

        (Value gate, double limit) = Limited(inner);
        (Value shifted, double beta) = Shifted(factor);
        if (Clamped(shifted, limit) is not { } up)
        {
            return null;
        }

        ExpertForm? form = Separate(second, gate, up) ?? Joint(second, gate, up);
        return form is null ? null : form with { Activation = kind, Alpha = alpha, Beta = beta, Limit = limit };
    }

    private ExpertForm? Separate(Affine second, Value gate, Value up) =>
        Affine.Of(gate, rank) is { } first && Affine.Of(up, rank) is { } third && ReferenceEquals(first.X, third.X)
            ? new ExpertForm(first.X, first, second) { Third = third, Gate = ExpertGate.Separate }
            : null;

    // Both from one product: halves of its columns, or every other one.
    private ExpertForm? Joint(Affine second, Value gate, Value up)
    {
        (Value Whole, ExpertGate Kind)? found = (gate.Op, up.Op) switch
        {
            (Slice a, Slice b) when ReferenceEquals(a.X, b.X) && Part(a) is var (start, end, step) && Part(b) is var (start2, end2, step2)
                => Halves(a.X, (start, end, step), (start2, end2, step2)) is { } kind ? (a.X, kind) : null,
            (null, null) when gate.Producer is Split split && ReferenceEquals(up.Producer, split) && gate.Index == 0 && up.Index == 1
                && split.OutputCount == 2 && IsLast(split.Axis, split.X.Rank) && gate.Shape[^1] == up.Shape[^1] => (split.X, ExpertGate.Concatenated),
            _ => null,
        };
        return found is var (whole, gateKind) && Affine.Of(whole, rank) is { } first
            ? new ExpertForm(first.X, first, second) { Gate = gateKind }
            : null;
    }

    private static ExpertGate? Halves(Value whole, (long Start, long End, long Step) gate, (long Start, long End, long Step) up)
    {
        if (whole.Shape[^1].ConstValue is not { } size || size % 2 != 0)
        {
            return null;
        }

        return gate == (0, size / 2, 1) && up == (size / 2, size, 1) ? ExpertGate.Concatenated
            : gate.Start == 0 && up.Start == 1 && gate.Step == 2 && up.Step == 2 && gate.End >= size - 1 && up.End == size ? ExpertGate.Interleaved
            : null;
    }

    // A slice of the last axis alone, its ends within it.
    private static (long Start, long End, long Step)? Part(Slice slice)
    {
        if (slice.Axes is not [var axis] || !IsLast(axis, slice.X.Rank) || slice.X.Shape[^1].ConstValue is not { } size
            || slice.Starts[0].ConstValue is not { } start || slice.Ends[0].ConstValue is not { } end)
        {
            return null;
        }

        return (start < 0 ? start + size : start, end < 0 ? end + size : Math.Min(end, size), slice.Steps.Count == 0 ? 1 : slice.Steps[0]);
    }

    private static bool IsLast(long axis, int rank) => axis == -1 || axis == rank - 1;

    private static (ExpertActivation Kind, double Alpha, Value X)? Activated(Value value) => value.Op switch
    {
        Relu relu => (ExpertActivation.Relu, 1, relu.X),
        Gelu gelu => (gelu.Tanh ? ExpertActivation.GeluTanh : ExpertActivation.Gelu, 1, gelu.X),
        Silu silu => (ExpertActivation.Silu, silu.Alpha.Value, silu.X),
        _ => null,
    };

    private static (Value X, double Beta) Shifted(Value value) =>
        value.Op is Add { A: var x, B: { Rank: 0 } b } && Constants.IsSplat(b, out double beta) && Products.IsAttribute(beta, x.DType) ? (x, beta) : (value, 0);

    // min(x, limit); what is no such bound has none.
    private static (Value X, double Limit) Limited(Value value) => value.Op switch
    {
        Clip { Min: null, Max: { } most } clip when IsLimit(most, value.DType, out double limit) => (clip.X, limit),
        Min { A: var x, B: { Rank: 0 } most } when IsLimit(most, value.DType, out double limit) => (x, limit),
        _ => (value, 0),
    };

    // v in clamp(v, −limit, limit); v itself where there is no limit.
    private static Value? Clamped(Value value, double limit)
    {
        if (limit == 0)
        {
            return value;
        }

        bool clamps = value.Op is Clip { Min: { } least, Max: { } most } && Constants.IsSplat(least, out double low) && Constants.IsSplat(most, out double high)
            && low == -limit && high == limit;
        return clamps ? ((Clip)value.Producer).X : null;
    }

    private static bool IsLimit(Value value, DType dtype, out double limit) =>
        Constants.IsSplat(value, out limit) && limit > 0 && Products.IsAttribute(limit, dtype);
}
