using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>Windows whose number along each axis is given, and that together cover it.</summary>
internal static class AdaptiveWindows
{
    /// <param name="x">One example, <c>[channels, s…]</c>.</param>
    /// <param name="size">Windows along each axis.</param>
    /// <param name="even">The pool by windows of one size that stand side by side.</param>
    /// <param name="fold">The fold of one axis to size 1; folding axis by axis is folding them together, since a window is as large for every row.</param>
    public static Tensor Pool(Tensor x, Extent size, Func<Tensor, Extent, Tensor> even, Func<Tensor, long, Tensor> fold)
    {
        int axes = Windows.Axes(x, "an adaptive pool");
        EquatableArray<long> counts = size.Over(x.Tracer.Here().ToString(), "the size", axes, 0, 1);
        long?[] sides = [.. x.Shape.Skip(1).Select(static d => d.ConstValue)];
        if (counts.Any(static c => c > 1) && sides.Zip(counts).All(static p => p.First is { } side && side > 0 && side % p.Second == 0))
        {
            return even(x, new Extent([.. sides.Zip(counts, static (s, c) => s!.Value / c)]));
        }

        for (int a = 0; a < axes; a++)
        {
            x = Along(x, a + 1, counts[a], fold);
        }

        return x;
    }

    private static Tensor Along(Tensor x, int axis, long count, Func<Tensor, long, Tensor> fold)
    {
        if (count == 1)
        {
            return fold(x, axis);
        }

        long side = x.Shape[axis].ConstValue ?? throw new TesseraException(
            "TSR0619",
            x.Tracer.Here().ToString(),
            $"axis {axis} of {x.Value.Type} has no fixed size, so its {count} windows have none either.",
            "Pool it to 1, or resize it to a fixed size first.");
        Tensor Window(long i) => fold(x.Slice(axis, i * side / count, (((i + 1) * side) + count - 1) / count), axis);
        return Functional.Concat(axis, [.. Enumerable.Range(0, checked((int)count)).Select(static i => (long)i).Select(Window)]);
    }
}
