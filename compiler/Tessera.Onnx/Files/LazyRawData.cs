using System.Buffers;
using Google.Protobuf;
using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>
/// Raw data whose bytes are made when protobuf writes them. All weights of one save share one buffer, so that at any time
/// only the one being written is held.
/// </summary>
internal sealed class LazyRawData(WeightSource source, LazyRawData.Scratch scratch) : MemoryManager<byte>
{
    /// <summary>The shared buffer: as large as the largest weight so far.</summary>
    internal sealed class Scratch
    {
        private byte[] _bytes = [];

        public Span<byte> Take(int length)
        {
            if (_bytes.Length < length) _bytes = GC.AllocateUninitializedArray<byte>(length);
            return _bytes.AsSpan(0, length);
        }
    }

    /// <summary>Valid while the message that holds it is being measured and written, and no longer.</summary>
    public static ByteString Of(WeightSource source, Scratch scratch)
    {
        var lazy = new LazyRawData(source, scratch);
        return UnsafeByteOperations.UnsafeWrap(lazy.CreateMemory(checked((int)source.ByteLength)));
    }

    public override Span<byte> GetSpan()
    {
        var bytes = scratch.Take((int)source.ByteLength);
        source.Read(0, bytes);
        return bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("Raw data that is made on demand has no fixed address.");

    public override void Unpin()
    {
        // Nothing is ever pinned.
    }

    protected override void Dispose(bool disposing)
    {
        // The buffer belongs to the garbage collector.
    }
}
