using System.Collections;

namespace Tessera.Runtime;

/// <summary>The outputs of one run, in the order the model has them, or in the order asked for. Dispose it to give back their memory.</summary>
public sealed class RunResult : IReadOnlyList<TensorOutput>, IDisposable
{
    private readonly List<TensorOutput> _outputs = [];
    private bool _disposed;

    internal RunResult()
    {
    }

    public int Count => _outputs.Count;

    public TensorOutput this[int index] => _outputs[index];

    /// <summary>The output of that name.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0720: the run has none.</exception>
    public TensorOutput this[string name]
        => _outputs.Find(output => output.Name == name)
        ?? throw RuntimeErrors.UnknownOutput(name, _outputs.Select(output => output.Name));

    /// <inheritdoc cref="TensorOutput.AsSpan{T}"/>
    public Span<T> Span<T>(string name)
        where T : unmanaged
        => this[name].AsSpan<T>();

    /// <inheritdoc cref="TensorOutput.AsSpan{T}"/>
    public Span<T> Span<T>(int index)
        where T : unmanaged
        => this[index].AsSpan<T>();

    public IEnumerator<TensorOutput> GetEnumerator() => _outputs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var output in _outputs)
            output.Release();
    }

    internal void Add(TensorOutput output) => _outputs.Add(output);

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);
}
