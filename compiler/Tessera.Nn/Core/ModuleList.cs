using System.Collections;
using System.Runtime.CompilerServices;

namespace Tessera.Nn;

/// <summary>Modules whose names in weight paths are their positions: <c>blocks.0</c>, <c>blocks.1</c> …</summary>
[CollectionBuilder(typeof(ModuleList), nameof(ModuleList.Create))]
public sealed class ModuleList<T>(IEnumerable<T> modules) : IReadOnlyList<T>
    where T : Module
{
    private readonly T[] _modules = [.. modules];

    public int Count => _modules.Length;

    public T this[int index] => _modules[index];

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_modules).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _modules.GetEnumerator();
}

/// <summary>Makes module lists.</summary>
public static class ModuleList
{
    public static ModuleList<T> Create<T>(ReadOnlySpan<T> modules)
        where T : Module => new(modules.ToArray());

    /// <summary><paramref name="count"/> modules made one by one.</summary>
    public static ModuleList<T> Repeat<T>(int count, Func<int, T> make)
        where T : Module => new(Enumerable.Range(0, count).Select(make));
}
