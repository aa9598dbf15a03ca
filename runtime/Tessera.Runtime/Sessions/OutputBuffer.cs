namespace Tessera.Runtime;

/// <summary>One output that a run shall compute, and where: into memory of the caller's, or wherever ONNX Runtime puts it.</summary>
public readonly struct OutputBuffer
{
    private readonly string? _name;
    private readonly long[]? _dims;

    private OutputBuffer(string name, TensorBuffer? buffer, long[]? dims)
    {
        _name = name;
        _dims = dims;
        Buffer = buffer;
    }

    public string Name => _name ?? "";

    internal TensorBuffer? Buffer { get; }

    internal long[] Shape => _dims ?? [];

    /// <summary>Computes the output into <paramref name="data"/>, which is pinned for the length of the run.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0717: the sizes do not hold <c>data.Length</c> elements. TSR0718: a size is negative. TSR0724: no tensor type is made of <typeparamref name="T"/>.</exception>
    public static OutputBuffer Into<T>(string name, Memory<T> data, params ReadOnlySpan<long> dims)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Shapes.Check($"output '{name}'", data.Length, dims);
        return new(name, new TensorBuffer<T>(data), dims.ToArray());
    }

    /// <inheritdoc cref="Into{T}(string, Memory{T}, ReadOnlySpan{long})"/>
    public static OutputBuffer Into<T>(string name, T[] data, params ReadOnlySpan<long> dims)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return Into(name, data.AsMemory(), dims);
    }

    /// <summary>Computes the output into memory that ONNX Runtime allocates and the result owns.</summary>
    public static OutputBuffer Allocate(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(name, null, null);
    }
}
