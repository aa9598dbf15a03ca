using Tessera.Ir;

namespace Tessera.Passes.Packing;

/// <summary>
/// What is known of a value of a padded example. Its own part, of the sizes that it would have alone, is what it would be alone,
/// by the proof itself; this tells what that is where it is known, and what stands behind it.
/// </summary>
internal sealed record PaddingState
{
    /// <summary>Along each axis; only axes whose size depends on the length count.</summary>
    public required IReadOnlyList<Fill> Fills { get; init; }

    /// <summary>What every element of its own part is.</summary>
    public double? Uniform { get; init; }

    /// <summary>Its elements count up by one along an axis, from a first number.</summary>
    public (int Axis, long First)? Counts { get; init; }

    /// <summary>Whether <see cref="Counts"/> goes on in padding, as positions do and what a mask was summed or chosen by does not.</summary>
    public bool CountsOn { get; init; }

    /// <summary>It is a length, as a function of the example's own lengths.</summary>
    public Dim? Length { get; init; }

    /// <summary>What no element of its own part is less than.</summary>
    public double? Least { get; init; }

    /// <summary>It is a number that depends on how long the padded example is.</summary>
    public bool IsExtent { get; init; }

    /// <summary>It is made of a mask.</summary>
    public bool OfMask { get; init; }

    /// <summary>It has a mask's own numbers, not yet only whether they are 0.</summary>
    public bool IsRaw { get; init; }

    public static PaddingState Of(Value value) => new() { Fills = [.. Enumerable.Repeat(Fill.Unknown, RankOf(value))] };

    /// <summary>One number throughout, padding among it.</summary>
    public static PaddingState Splat(Value value, double number) => new()
    {
        Fills = [.. Enumerable.Repeat(Fill.Known(number) with { IsEverywhere = true }, RankOf(value))],
        Uniform = number,
        Least = number,
    };

    private static int RankOf(Value value) => value.Type is TensorType { Shape: { } shape } ? shape.Rank : 0;
}
