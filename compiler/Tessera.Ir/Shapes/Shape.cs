using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tessera.Ir;

/// <summary>The sizes of a tensor's axes, outermost first; compared by content. The empty shape is a scalar's.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public sealed class Shape : IReadOnlyList<Dim>, IEquatable<Shape>
{
    private readonly ImmutableArray<Dim> _dims;

    private Shape(ImmutableArray<Dim> dims) => _dims = dims;

    /// <summary>The shape of a scalar: no axes.</summary>
    public static Shape Scalar { get; } = new([]);

    public int Rank => _dims.Length;

    public int Count => _dims.Length;

    public Dim this[int axis] => _dims[axis];

    /// <summary>Every size is a constant.</summary>
    public bool IsStatic => _dims.All(static d => d is ConstDim);

    public ImmutableArray<Dim> Dims => _dims;

    /// <summary>The product of all sizes; 1 for a scalar.</summary>
    public Dim NumElements => Dim.Product(_dims);

    /// <summary>Names of the symbols that occur, distinct, in ordinal order.</summary>
    public IEnumerable<string> Symbols =>
        _dims.SelectMany(static d => d.Symbols).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    public static Shape Create(ReadOnlySpan<Dim> dims) => dims.IsEmpty ? Scalar : new([.. dims]);

    public static Shape Of(params IEnumerable<Dim> dims) => new([.. dims]);

    public static Shape Of(params ReadOnlySpan<long> sizes)
    {
        ImmutableArray<Dim>.Builder dims = ImmutableArray.CreateBuilder<Dim>(sizes.Length);
        foreach (long size in sizes) dims.Add(size);
        return new(dims.DrainToImmutable());
    }

    /// <summary>The shape both broadcast to as in NumPy, where the facts prove that they do.</summary>
    public static BroadcastResult Broadcast(Shape a, Shape b, DimFacts facts) => ShapeBroadcast.Broadcast(a, b, facts);

    /// <summary>Reads the text form: <c>[n, 768]</c>.</summary>
    public static Shape Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Shape shape, out int consumed) && text.AsSpan(consumed).Trim().IsEmpty
            ? shape
            : throw new TesseraException("TSR0103", $"column {consumed + 1}", $"'{text}' is not a shape.", "A shape reads like [n, 2*m + 1, 768].");
    }

    /// <summary>Reads a shape at the start of <paramref name="text"/>; on failure <paramref name="consumed"/> is where it stops being one.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Shape shape, out int consumed) =>
        ShapeParser.TryParse(text, out shape, out consumed);

    /// <summary>The non-negative axis that <paramref name="axis"/>, counted from the back where negative, means.</summary>
    public int NormalizeAxis(int axis) => TryNormalizeAxis(axis, out int normal)
        ? normal
        : throw new TesseraException("TSR0106", "shape", $"axis {axis} is outside {this}, whose rank is {Rank}.", $"Axes range from {-Rank} to {Rank - 1}.");

    public bool TryNormalizeAxis(int axis, out int normal)
    {
        normal = axis < 0 ? axis + Rank : axis;
        return normal >= 0 && normal < Rank;
    }

    /// <summary>The axes of this shape followed by those of <paramref name="other"/>.</summary>
    public Shape Concat(Shape other) => new(_dims.AddRange(other._dims));

    public Shape With(int axis, Dim size) => new(_dims.SetItem(axis, size));

    /// <summary>Axes from <paramref name="start"/> on; also what <c>shape[1..^1]</c> means.</summary>
    public Shape Slice(int start, int length) => new(_dims.Slice(start, length));

    public Shape Insert(int axis, Dim size) => new(_dims.Insert(axis, size));

    public Shape Add(Dim size) => new(_dims.Add(size));

    public Shape RemoveAt(int axis) => new(_dims.RemoveAt(axis));

    /// <summary>The axes in the given order: result[i] = this[perm[i]].</summary>
    public Shape Permute(IEnumerable<int> perm) => new([.. perm.Select(axis => _dims[axis])]);

    public Shape Map(Func<Dim, Dim> map) => new([.. _dims.Select(map)]);

    public Shape Substitute(Func<string, Dim?> map) => Map(d => d.Substitute(map));

    /// <summary>The sizes when symbols have the given values.</summary>
    public long[] Evaluate(Func<string, long> map) => [.. _dims.Select(d => d.Evaluate(map))];

    /// <summary>The sizes where all are constants.</summary>
    public bool TryGetStatic(out long[] sizes)
    {
        sizes = IsStatic ? [.. _dims.Select(static d => ((ConstDim)d).Value)] : [];
        return IsStatic;
    }

    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)_dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public static bool operator ==(Shape? left, Shape? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Shape? left, Shape? right) => !(left == right);

    public bool Equals(Shape? other) => other is not null && _dims.AsSpan().SequenceEqual(other._dims.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Dim dim in _dims) hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <summary>The text form, which <see cref="Parse"/> reads back to an equal shape.</summary>
    public override string ToString() => $"[{string.Join(", ", _dims)}]";
}
