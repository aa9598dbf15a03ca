using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>
/// A number for each spatial axis of a window, one for all, or none for what is usual: <c>kernel: 3</c>, <c>stride: (2, 1)</c>.
/// </summary>
public readonly record struct Extent(EquatableArray<long> Values)
{
    /// <summary>One number for all axes.</summary>
    public static Extent From(int all) => new([all]);

    /// <summary>Two axes.</summary>
    public static Extent From((int First, int Second) axes) => new([axes.First, axes.Second]);

    /// <summary>Three axes.</summary>
    public static Extent From((int First, int Second, int Third) axes) => new([axes.First, axes.Second, axes.Third]);

    public static implicit operator Extent(int all) => From(all);

    public static implicit operator Extent((int First, int Second) axes) => From(axes);

    public static implicit operator Extent((int First, int Second, int Third) axes) => From(axes);

    /// <summary>The numbers of so many axes.</summary>
    /// <exception cref="TesseraException">TSR0617: there are as many as neither one nor the axes, or one is below the least.</exception>
    internal EquatableArray<long> Over(string place, string what, int axes, long absent, long least)
    {
        EquatableArray<long> given = Values;
        if (given.Count > 1 && given.Count != axes)
        {
            throw new TesseraException(
                "TSR0617", place, $"{what} is given for {given.Count} axes, and the window has {axes}.", $"Give one number for all axes, or {axes}.");
        }

        EquatableArray<long> all = given.Count == axes ? given : [.. Enumerable.Repeat(given.Count == 0 ? absent : given[0], axes)];
        return all.All(v => v >= least)
            ? all
            : throw new TesseraException("TSR0617", place, $"{what} is {all}.", $"It must be {least} or more along each axis.");
    }

    public override string ToString() => Values.Count == 1 ? Values[0].ToString(System.Globalization.CultureInfo.InvariantCulture) : $"({string.Join(", ", Values)})";
}
