using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>Caller-owned memory of some element type, pinned where it lies while a run reads or writes it.</summary>
internal abstract class TensorBuffer
{
    public abstract TensorElementType ElementType { get; }

    public abstract long Length { get; }

    public abstract long ByteLength { get; }

    public abstract Span<byte> Bytes { get; }

    public abstract MemoryHandle Pin();
}

/// <inheritdoc cref="TensorBuffer"/>
internal sealed class TensorBuffer<T>(Memory<T> data) : TensorBuffer
    where T : unmanaged
{
    public override TensorElementType ElementType { get; }
        = ElementTypes.TryOf<T>(out var type) ? type : throw RuntimeErrors.UnsupportedClrType(typeof(T));

    public override long Length => data.Length;

    public override unsafe long ByteLength => (long)data.Length * sizeof(T);

    public override Span<byte> Bytes => MemoryMarshal.AsBytes(data.Span);

    // ONNX Runtime refuses a null address even for no bytes, and that is where an empty Memory lies.
    public override MemoryHandle Pin() => data.IsEmpty ? new T[1].AsMemory().Pin() : data.Pin();
}
