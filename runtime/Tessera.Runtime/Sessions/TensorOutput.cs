using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>
/// One output of a run. Its spans lie in memory of ONNX Runtime's, which goes with the <see cref="RunResult"/>,
/// in the buffer that the caller bound, or, of a <see cref="PackedScheduler"/>, in one of its own.
/// </summary>
public sealed class TensorOutput
{
    private readonly RunResult _owner;
    private readonly OrtValue? _value;
    private readonly TensorBuffer? _buffer;
    private readonly long[] _dims;

    internal TensorOutput(RunResult owner, string name, OrtValue value)
    {
        (_owner, Name, _value) = (owner, name, value);
        IsTensor = value.IsTensor;
        if (!IsTensor)
        {
            _dims = [];
            return;
        }
        var info = value.GetTensorTypeAndShape();
        (ElementType, _dims) = (info.ElementDataType, info.Shape);
    }

    internal TensorOutput(RunResult owner, string name, TensorBuffer buffer, TensorElementType type, long[] dims)
        => (_owner, Name, _buffer, ElementType, _dims, IsTensor) = (owner, name, buffer, type, dims, true);

    public string Name { get; }

    /// <summary>False for a sequence, map or empty optional, which only <see cref="Value"/> can read.</summary>
    public bool IsTensor { get; }

    public TensorElementType ElementType { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Dims => _dims;

    /// <summary>The number of elements.</summary>
    public long Count => Shapes.Count(_dims);

    /// <summary>ONNX Runtime's own value; it is the result's and goes with it.</summary>
    /// <exception cref="InvalidOperationException">The output lies in a buffer of the caller's, or of its own.</exception>
    public OrtValue Value
    {
        get
        {
            _owner.ThrowIfDisposed();
            return _value ?? throw new InvalidOperationException($"Output '{Name}' lies in managed memory: read it by AsSpan.");
        }
    }

    /// <summary>The elements, row-major, without a copy. Valid until the <see cref="RunResult"/> is disposed.</summary>
    /// <typeparam name="T">The C# type of <see cref="ElementType"/>; <c>ushort</c> also reads f16 and bf16 raw.</typeparam>
    /// <exception cref="TesseraRuntimeException">TSR0719: not a tensor. TSR0721: another element type, strings included.</exception>
    public Span<T> AsSpan<T>()
        where T : unmanaged
    {
        _owner.ThrowIfDisposed();
        if (!IsTensor)
            throw RuntimeErrors.NotATensor($"output '{Name}'", _value!.OnnxType.ToString());
        if (!ElementTypes.TryOf<T>(out var type) || !ElementTypes.Fits(type, ElementType))
            throw RuntimeErrors.OutputDTypeMismatch(Name, ElementType, typeof(T).Name);
        if (_buffer is not null)
            return MemoryMarshal.Cast<byte, T>(_buffer.Bytes);
        return Count == 0 ? [] : MemoryMarshal.Cast<byte, T>(_value!.GetTensorMutableRawData());
    }

    /// <summary>The elements of a tensor of numbers.</summary>
    internal ReadOnlySpan<byte> Bytes => _buffer is not null ? _buffer.Bytes : Count == 0 ? [] : _value!.GetTensorMutableRawData();

    /// <summary>A copy of the elements, which outlives the result.</summary>
    /// <inheritdoc cref="AsSpan{T}" path="/exception"/>
    public T[] ToArray<T>()
        where T : unmanaged
        => AsSpan<T>().ToArray();

    /// <summary>A copy of the elements of a tensor of strings.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0719: not a tensor. TSR0721: not strings.</exception>
    public string[] ToStrings()
    {
        _owner.ThrowIfDisposed();
        if (!IsTensor)
            throw RuntimeErrors.NotATensor($"output '{Name}'", _value!.OnnxType.ToString());
        if (ElementType != TensorElementType.String)
            throw RuntimeErrors.OutputDTypeMismatch(Name, ElementType, "string");
        return _value!.GetStringTensorAsArray();
    }

    /// <summary>As in <c>logits: f32[2, 10]</c>.</summary>
    public override string ToString()
        => IsTensor ? $"{Name}: {ElementTypes.NameOf(ElementType)}{Shapes.Text(_dims)}" : Name;

    internal void Release() => _value?.Dispose();
}
