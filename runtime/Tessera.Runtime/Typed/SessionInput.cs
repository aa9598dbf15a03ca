using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>
/// One input of a run of a <see cref="TypedSession"/>. Arrays, memory, tensors and ONNX Runtime's values become one by themselves; sizes that the model
/// leaves open follow from the number of elements and from the other inputs, or are told by <see cref="SessionInput.Of{T}(T[], ReadOnlySpan{long})"/>.
/// Arrays and memory are read where they lie and must not change during the run; a span is copied at once.
/// </summary>
/// <typeparam name="T">A number, <c>bool</c>, <see cref="Half"/> or <see cref="BFloat16"/>.</typeparam>
public readonly struct SessionInput<T>
    where T : unmanaged
{
    private readonly ReadOnlyMemory<T> _data;
    private readonly OrtValue? _value;
    private readonly long[]? _dims;
    private readonly bool _given;

    internal SessionInput(ReadOnlyMemory<T> data, long[]? dims) => (_data, _dims, _given) = (data, dims, true);

    private SessionInput(OrtValue value) => (_value, _given) = (value, true);

    /// <summary>An array, row-major; null leaves the input out.</summary>
    public static implicit operator SessionInput<T>(T[]? data) => data is null ? default : new(data, null);

    /// <summary>Memory, row-major.</summary>
    public static implicit operator SessionInput<T>(Memory<T> data) => new(data, null);

    /// <inheritdoc cref="op_Implicit(Memory{T})"/>
    public static implicit operator SessionInput<T>(ReadOnlyMemory<T> data) => new(data, null);

    /// <summary>A copy of a span, row-major.</summary>
    public static implicit operator SessionInput<T>(ReadOnlySpan<T> data) => new(data.ToArray(), null);

    /// <inheritdoc cref="op_Implicit(ReadOnlySpan{T})"/>
    public static implicit operator SessionInput<T>(Span<T> data) => new(data.ToArray(), null);

    /// <summary>A tensor with its sizes; null leaves the input out.</summary>
    public static implicit operator SessionInput<T>(Tensor<T>? tensor) => tensor is null ? default
        : new(RowMajor(tensor), Array.ConvertAll(tensor.Dimensions.ToArray(), static d => (long)d));

    /// <summary>A value of ONNX Runtime's with its sizes, such as an earlier run's output; it stays the caller's. Null leaves the input out.</summary>
    public static implicit operator SessionInput<T>(OrtValue? value) => value is null ? default : new(value);

    /// <summary>The input under a name of the model's.</summary>
    public SessionArgument As(string name) => !_given ? SessionArgument.Absent(name)
        : _value is not null ? SessionArgument.Of(TensorInput.FromOrtValue(name, _value))
        : _dims is not null ? SessionArgument.Of(TensorInput.From(name, _data, _dims))
        : SessionArgument.Of(TensorInput.From(name, _data, _data.Length), areDimsOpen: true);

    // A tensor of reversed strides enumerates as it lies, and not as its indices run.
    private static ReadOnlyMemory<T> RowMajor(Tensor<T> tensor)
    {
        if (!tensor.IsReversedStride)
            return tensor is DenseTensor<T> dense ? dense.Buffer : tensor.ToArray();
        var data = new T[tensor.Length];
        var index = new int[tensor.Rank];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = tensor[index];
            for (var axis = index.Length - 1; axis >= 0 && ++index[axis] == tensor.Dimensions[axis]; axis--)
                index[axis] = 0;
        }

        return data;
    }
}

/// <summary>Makes inputs whose sizes do not follow from their number of elements.</summary>
public static class SessionInput
{
    /// <summary>An input of these sizes, outermost first; none is a scalar.</summary>
    /// <exception cref="TesseraRuntimeException">When it is run: TSR0717, TSR0718 as for <see cref="TensorInput"/>.</exception>
    public static SessionInput<T> Of<T>(T[] data, params ReadOnlySpan<long> dims)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data, dims.ToArray());
    }

    /// <inheritdoc cref="Of{T}(T[], ReadOnlySpan{long})"/>
    public static SessionInput<T> Of<T>(ReadOnlyMemory<T> data, params ReadOnlySpan<long> dims)
        where T : unmanaged
        => new(data, dims.ToArray());

    /// <summary>A scalar.</summary>
    public static SessionInput<T> Scalar<T>(T value)
        where T : unmanaged
        => Of([value]);
}
