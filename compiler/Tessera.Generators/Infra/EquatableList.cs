using System.Collections;

namespace Tessera.Generators.Infra;

/// <summary>An immutable list equal by content: the incremental driver compares pipeline models by value.</summary>
internal readonly struct EquatableList<T>(T[] items) : IEquatable<EquatableList<T>>, IReadOnlyList<T>
    where T : IEquatable<T>
{
    private readonly T[]? _items = items;

    public int Count => Items.Length;

    private T[] Items => _items ?? [];

    public T this[int index] => Items[index];

    public bool Equals(EquatableList<T> other) => Items.AsSpan().SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is EquatableList<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in Items)
        {
            hash = unchecked((hash * 31) + item.GetHashCode());
        }

        return hash;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal static class EquatableList
{
    public static EquatableList<T> ToEquatableList<T>(this IEnumerable<T> items) where T : IEquatable<T> => new([.. items]);
}
