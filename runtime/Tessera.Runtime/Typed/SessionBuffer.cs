namespace Tessera.Runtime;

/// <summary>
/// Where a run of a <see cref="TypedSession"/> puts one output: memory of the caller's, whose sizes follow from those of the inputs, or, by default,
/// wherever ONNX Runtime allocates it.
/// </summary>
/// <typeparam name="T">The output's element type.</typeparam>
public readonly struct SessionBuffer<T>
    where T : unmanaged
{
    private readonly Memory<T>? _data;
    private readonly long[]? _dims;

    internal SessionBuffer(Memory<T> data, long[]? dims) => (_data, _dims) = (data, dims);

    /// <summary>An array, row-major; null is none.</summary>
    public static implicit operator SessionBuffer<T>(T[]? data) => data is null ? default : new(data, null);

    /// <summary>Memory, row-major.</summary>
    public static implicit operator SessionBuffer<T>(Memory<T> data) => new(data, null);

    /// <summary>The buffer for an output of the model's.</summary>
    public SessionTarget For(string name) => _data is not { } data ? new(name, null, null)
        : _dims is not null ? new(name, OutputBuffer.Into(name, data, _dims), null)
        : new(name, OutputBuffer.Into(name, data, data.Length), dims => OutputBuffer.Into(name, data, dims));
}

/// <summary>Makes buffers whose sizes do not follow from those of the inputs.</summary>
public static class SessionBuffer
{
    /// <summary>A buffer of these sizes, outermost first.</summary>
    public static SessionBuffer<T> Of<T>(Memory<T> data, params ReadOnlySpan<long> dims)
        where T : unmanaged
        => new(data, dims.ToArray());
}
