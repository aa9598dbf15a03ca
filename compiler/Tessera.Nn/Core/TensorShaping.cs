using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Shapes, slices and heads.</content>
public sealed partial class Tensor
{
    /// <summary>The same elements under another shape.</summary>
    public Tensor Reshape(Shape shape) => Emit(_ => new Reshape(Value) { Shape = shape });

    /// <summary>Repeats axes of size 1 up to a shape.</summary>
    public Tensor Expand(Shape shape) => Emit(_ => new Expand(Value) { Shape = shape });

    /// <summary>Axes in another order; without arguments the last two are swapped.</summary>
    public Tensor Transpose(params ReadOnlySpan<long> perm)
    {
        EquatableArray<long> order = perm.IsEmpty
            ? [.. Enumerable.Range(0, Rank - 2).Select(static a => (long)a), Rank - 1, Rank - 2]
            : EquatableArray.Create(perm);
        return Emit(_ => new Transpose(Value) { Perm = order });
    }

    /// <summary>Elements <paramref name="start"/> up to, not including, <paramref name="end"/> along one axis.</summary>
    public Tensor Slice(int axis, Dim start, Dim end) => Emit(_ => new Slice(Value) { Starts = [start], Ends = [end], Axes = [axis] });

    /// <summary>Consecutive parts of the given sizes along one axis, all of it: <see cref="Slice"/> leaves the rest.</summary>
    /// <exception cref="TesseraException">TSR0613: the sizes are not proved to add up to the axis, or there is no such axis.</exception>
    public TensorParts Split(int axis, params IEnumerable<Dim> sizes)
    {
        Dim[] each = [.. sizes];
        Dim whole = axis >= -Rank && axis < Rank ? Shape[axis < 0 ? axis + Rank : axis] : throw new TesseraException(
            "TSR0613", Tracer.Here().ToString(), $"split: axis {axis} does not exist in rank {Rank}.", $"It must lie in [{-Rank}, {Rank - 1}].");
        Dim total = each.Aggregate((Dim)0, static (sum, size) => sum + size);
        if (Tracer.Builder.Facts.Equal(total, whole) != Proof.Proved || each.Any(s => Tracer.Builder.Facts.GreaterEqual(s, 0) == Proof.Disproved))
        {
            throw new TesseraException(
                "TSR0613",
                Tracer.Here().ToString(),
                $"split: sizes [{string.Join(", ", each.AsEnumerable())}] add up to {total}; axis {axis} of {Value.Type} has {whole}.",
                "Use Slice to leave part of it.");
        }

        List<Tensor> parts = [];
        Dim start = 0;
        foreach (Dim size in each)
        {
            parts.Add(Slice(axis, start, start + size));
            start += size;
        }

        return new TensorParts(parts);
    }

    /// <summary>Rows of this table, along axis 0, at integer positions: <c>table[r, …], indices[…] → […, …]</c>.</summary>
    public Tensor Gather(Tensor indices, int axis = 0) => Emit(_ => new Gather(Value, indices.Value) { Axis = axis });

    /// <summary>An axis of size 1 put in at each position.</summary>
    public Tensor Unsqueeze(int axis)
    {
        int at = axis < 0 ? axis + Rank + 1 : axis;
        return Reshape(Shape.Insert(at, 1));
    }

    /// <summary>An axis of size 1 taken out.</summary>
    public Tensor Squeeze(int axis) => Reshape(Shape.RemoveAt(axis < 0 ? axis + Rank : axis));

    /// <summary><c>[…, parts · heads · d]</c> as that many tensors <c>[…, heads, d]</c>: <c>var (q, k, v) = x.SplitHeads(heads, 3)</c>.</summary>
    public TensorParts SplitHeads(int heads, int parts = 1)
    {
        Dim width = Shape[Rank - 1];
        long all = heads > 0 && parts > 0 ? (long)heads * parts : throw new TesseraException(
            "TSR0604", Tracer.Here().ToString(), $"{Value.Type} does not split into {parts} × {heads} heads.", "Both must be at least 1.");
        long each = width.ConstValue is { } size && size % all == 0 ? size / parts : throw new TesseraException(
            "TSR0604", Tracer.Here().ToString(), $"{Value.Type} does not split into {parts} × {heads} heads.", $"Its last size must be a multiple of {all}.");
        IReadOnlyList<Tensor> pieces = parts == 1 ? [this] : Split(-1, Enumerable.Repeat(Dim.Const(each), parts));
        return new TensorParts([.. pieces.Select(p => p.Reshape([.. p.Shape.SkipLast(1), heads, each / heads]))]);
    }

    /// <summary><c>[…, heads, d] → […, heads · d]</c>.</summary>
    public Tensor MergeHeads() => Reshape([.. Shape.SkipLast(2), Shape[Rank - 2] * Shape[Rank - 1]]);
}
