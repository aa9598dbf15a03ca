using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Features <c>Start, Start + Step, …</c> of a value, <c>Count</c> of them, however they were taken out.</summary>
internal sealed record RotaryPart(Value X, long Start, long Count, long Step)
{
    /// <summary>Reads a value as features of another; null where it is none.</summary>
    public static RotaryPart? Of(Value value) => value.Producer switch
    {
        Split split when IsLast(split.Axis, split.X) && Numbers(split.Sizes) is { } sizes
            => new RotaryPart(split.X, sizes.Take(value.Index).Sum(), sizes[value.Index], 1),
        Slice { Starts: [{ ConstValue: { } start }], Axes: [var axis] } slice when IsLast(axis, slice.X) && value.Shape[^1].ConstValue is { } count
            => Ranged(slice, start, count),
        Reshape { X: var one } reshape when Of(one) is { Count: 1, Step: 1 } part => OfPairs(part, reshape.Shape),
        Gather { Axis: var axis } gather when IsLast(axis, gather.Data) && gather.Indices.Rank == 0 && Canonicalize.Constants.IsSplat(gather.Indices, out double index)
            => OfPairs(new RotaryPart(gather.Data, (long)(index < 0 ? index + 2 : index), 1, 1), value.Shape),
        _ => null,
    };

    /// <summary>Whether this is the first half of a value and the other its second, or the even and the odd features.</summary>
    public bool IsPairedWith(RotaryPart other, bool interleaved) => ReferenceEquals(X, other.X) && Start == 0 && Count == other.Count && Step == other.Step
        && X.Shape[^1].ConstValue == 2 * Count
        && (interleaved ? Step == 2 && other.Start == 1 : Step == 1 && other.Start == Count);

    private static RotaryPart? Ranged(Slice slice, long start, long count)
    {
        long? size = slice.X.Shape[^1].ConstValue;
        long step = slice.Steps.Count == 0 ? 1 : slice.Steps[0];
        long from = start < 0 && size is { } end ? start + end : start;
        return step > 0 && from >= 0 ? new RotaryPart(slice.X, from, count, step) : null;
    }

    // x[…, 2h] as […, h, 2], one of each pair: every second feature.
    private static RotaryPart? OfPairs(RotaryPart part, Shape result)
    {
        if (part.X.Op is not Reshape { X: var x, Shape: [.. var lead, { ConstValue: { } half }, { ConstValue: 2 }] } || part.Start is not (0 or 1))
        {
            return null;
        }

        Shape one = [.. lead, half];
        return result.Equals(one) && x.Rank == one.Rank && x.Shape[^1].ConstValue == 2 * half && x.Shape.SkipLast(1).SequenceEqual(lead)
            ? new RotaryPart(x, part.Start, half, 2)
            : null;
    }

    private static bool IsLast(long axis, Value x) => axis == -1 || axis == x.Rank - 1;

    private static long[]? Numbers(EquatableArray<Dim> dims) =>
        dims.All(static d => d.ConstValue is not null) ? [.. dims.Select(static d => d.ConstValue!.Value)] : null;
}
