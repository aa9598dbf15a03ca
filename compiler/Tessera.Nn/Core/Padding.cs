using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>
/// What stands around a tensor when a window moves over it: <c>padding: 1</c> on all sides, <c>padding: (1, 0)</c> by axis,
/// <see cref="Same"/>, <see cref="Causal"/>, or each side by itself; none unless said otherwise.
/// </summary>
public readonly record struct Padding
{
    private enum Kind
    {
        Given,
        Same,
        Causal,
    }

    private Kind Rule { get; init; }

    private Extent Before { get; init; }

    private Extent Behind { get; init; }

    /// <summary>As much as keeps the size of each axis at stride 1; an odd one stands behind, as in PyTorch.</summary>
    public static Padding Same { get; } = new() { Rule = Kind.Same };

    /// <summary>All of it before: an element of the result sees none behind its own place.</summary>
    public static Padding Causal { get; } = new() { Rule = Kind.Causal };

    /// <summary>Each side by itself.</summary>
    public static Padding Sides(Extent before, Extent behind) => new() { Before = before, Behind = behind };

    /// <summary>As much before as behind.</summary>
    public static Padding From(Extent both) => Sides(both, both);

    public static implicit operator Padding(int all) => From(all);

    public static implicit operator Padding((int First, int Second) axes) => From(axes);

    public static implicit operator Padding((int First, int Second, int Third) axes) => From(axes);

    /// <summary>Amounts before each axis in order, then behind each.</summary>
    /// <exception cref="TesseraException">TSR0617: the amounts do not suit the window, or a window that skips shall keep sizes.</exception>
    internal EquatableArray<long> Around(string place, EquatableArray<long> kernel, EquatableArray<long> stride, EquatableArray<long> dilation)
    {
        if (Rule == Kind.Given)
        {
            return
            [
                .. Before.Over(place, "padding before an axis", kernel.Count, 0, 0),
                .. Behind.Over(place, "padding behind an axis", kernel.Count, 0, 0),
            ];
        }

        if (stride.Any(static s => s != 1))
        {
            throw new TesseraException("TSR0617", place, $"{Rule} padding keeps the size of each axis, and the stride is {stride}.", "Give the padding in numbers.");
        }

        bool causal = Rule == Kind.Causal;
        long[] total = [.. kernel.Zip(dilation, static (k, d) => d * (k - 1))];
        return [.. total.Select(t => causal ? t : t / 2), .. total.Select(t => causal ? 0 : t - (t / 2))];
    }

    public override string ToString() => Rule == Kind.Given ? Before == Behind ? Before.ToString() : $"{Before} before, {Behind} behind" : Rule.ToString();
}
