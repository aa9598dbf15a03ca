using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>
/// One named input of a run. The data is pinned for the length of the run and must not change meanwhile. It is read where it lies; only floats
/// that do not start at a multiple of 16 bytes are copied, so that sums have the same last bits wherever the collector puts an array.
/// </summary>
public readonly struct TensorInput
{
    private readonly string? _name;
    private readonly long[]? _dims;

    private TensorInput(string name, object payload, TensorElementType type, long[] dims)
    {
        _name = name;
        _dims = dims;
        Payload = payload;
        ElementType = type;
    }

    /// <summary>The input's name; empty for a default value, which no run accepts.</summary>
    public string Name => _name ?? "";

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Dims => _dims;

    public TensorElementType ElementType { get; }

    /// <summary>A <see cref="TensorBuffer"/>, an array of strings, or an <see cref="OrtValue"/> of the caller's.</summary>
    internal object? Payload { get; }

    internal long[] Shape => _dims ?? [];

    /// <summary>An input over an array, row-major: <c>From("x", data, 2, 3)</c> is <c>x[2, 3]</c>.</summary>
    /// <typeparam name="T">A number, <c>bool</c>, <see cref="Half"/>, <see cref="Float16"/> or <see cref="BFloat16"/>; <c>ushort</c> also serves as raw f16 and bf16.</typeparam>
    /// <exception cref="TesseraRuntimeException">TSR0717: the sizes do not hold <c>data.Length</c> elements. TSR0718: a size is negative. TSR0724: no tensor type is made of <typeparamref name="T"/>.</exception>
    public static TensorInput From<T>(string name, T[] data, params ReadOnlySpan<long> dims)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return From(name, data.AsMemory(), dims);
    }

    /// <inheritdoc cref="From{T}(string, T[], ReadOnlySpan{long})"/>
    public static TensorInput From<T>(string name, ReadOnlyMemory<T> data, params ReadOnlySpan<long> dims)
        where T : unmanaged
        => From(name, MemoryMarshal.AsMemory(data), dims);

    /// <inheritdoc cref="From{T}(string, T[], ReadOnlySpan{long})"/>
    public static TensorInput From<T>(string name, Memory<T> data, params ReadOnlySpan<long> dims)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Shapes.Check($"input '{name}'", data.Length, dims);
        var buffer = new TensorBuffer<T>(data);
        return new(name, buffer, buffer.ElementType, dims.ToArray());
    }

    /// <summary>A scalar input, of shape <c>[]</c>.</summary>
    public static TensorInput Scalar<T>(string name, T value)
        where T : unmanaged
        => From(name, [value]);

    /// <summary>An input of strings. These are copied, since ONNX Runtime keeps strings of its own.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0717, TSR0718 as for numbers.</exception>
    public static TensorInput FromStrings(string name, string[] data, params ReadOnlySpan<long> dims)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(data);
        if (Array.IndexOf(data, null) is >= 0 and var index)
            throw new ArgumentException($"Element {index} of input '{name}' is null; a tensor of strings has none.", nameof(data));
        Shapes.Check($"input '{name}'", data.Length, dims);
        return new(name, data, TensorElementType.String, dims.ToArray());
    }

    /// <summary>
    /// An input that is a tensor of ONNX Runtime's, such as an earlier run's output
    /// (<see cref="TensorOutput.Value"/>). It stays the caller's and must outlive the run.
    /// </summary>
    /// <exception cref="TesseraRuntimeException">TSR0719: the value is not a tensor.</exception>
    public static TensorInput FromOrtValue(string name, OrtValue value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!value.IsTensor)
            throw RuntimeErrors.NotATensor($"input '{name}'", value.OnnxType.ToString());
        var info = value.GetTensorTypeAndShape();
        return new(name, value, info.ElementDataType, info.Shape);
    }

    /// <summary>The same data for an input of another name.</summary>
    public TensorInput WithName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(name, Payload ?? throw RuntimeErrors.UnnamedInput(0), ElementType, Shape);
    }

    /// <summary>The elements of one that is not of strings.</summary>
    internal ReadOnlySpan<byte> Bytes => Payload switch
    {
        TensorBuffer buffer => buffer.Bytes,
        OrtValue value when value.GetTensorMemoryInfo().Name != OrtMemoryInfo.DefaultInstance.Name => throw RuntimeErrors.NotATensor($"input '{Name}'", "tensor in the memory of a device"),
        OrtValue value => Count == 0 ? [] : value.GetTensorDataAsSpan<byte>(),
        _ => throw RuntimeErrors.NotATensor($"input '{Name}'", "value without data"),
    };

    private long Count => Shapes.Count(Dims);

    /// <summary>An input over bytes of any element type.</summary>
    internal static TensorInput Raw(string name, byte[] bytes, TensorElementType type, long[] dims) => new(name, new TensorBuffer<byte>(bytes), type, dims);

    /// <summary>The same data with other sizes.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0717: they do not hold as many elements.</exception>
    internal TensorInput Reshaped(long[] dims)
    {
        Shapes.Check($"input '{Name}'", Count, dims);
        return new(Name, Payload ?? throw RuntimeErrors.UnnamedInput(0), ElementType, dims);
    }

    /// <summary>The same data behind one more axis, of size 1.</summary>
    internal TensorInput AsRow() => new(Name, Payload ?? throw RuntimeErrors.UnnamedInput(0), ElementType, [1, .. Shape]);

    /// <summary>A copy, which does not change with the caller's memory and outlives it.</summary>
    internal TensorInput Owned() => Raw(Name, Bytes.ToArray(), ElementType, Shape);

    /// <summary>As in <c>x: f32[2, 3]</c>.</summary>
    public override string ToString() => $"{Name}: {ElementTypes.NameOf(ElementType)}{Shapes.Text(Dims)}";
}
