using System.Buffers;
using System.Security.Cryptography;

namespace Tessera.Ir;

/// <summary>Composition of weights, and ways to consume one within a bounded amount of memory.</summary>
public static class WeightSourceExtensions
{
    /// <summary>Bytes handled at a time where the caller does not say.</summary>
    public const int DefaultChunk = 1 << 20;

    /// <summary>Receives the bytes of a weight in order.</summary>
    public delegate void ChunkAction(ReadOnlySpan<byte> chunk);

    public static WeightSource Slice(this WeightSource source, int axis, long start, long length) =>
        start == 0 && length == source.Dims[WeightDims.Axis(source, axis)] ? source : new SliceWeightSource(source, axis, start, length);

    public static WeightSource Transpose(this WeightSource source, params IReadOnlyList<int> perm) =>
        perm.SequenceEqual(Enumerable.Range(0, source.Dims.Count)) ? source : new TransposeWeightSource(source, perm);

    public static WeightSource Reshape(this WeightSource source, params IReadOnlyList<long> dims) =>
        dims.SequenceEqual(source.Dims) ? source : new ReshapeWeightSource(source, dims);

    public static WeightSource Cast(this WeightSource source, DType dtype) =>
        dtype == source.DType ? source : new CastWeightSource(source, dtype);

    public static WeightSource Concat(this IReadOnlyList<WeightSource> parts, int axis) =>
        parts is [var only] ? only : new ConcatWeightSource(parts, axis);

    /// <summary>All bytes at once, for weights known to be small.</summary>
    public static byte[] ToArray(this WeightSource source)
    {
        var bytes = new byte[source.ByteLength];
        source.Read(0, bytes);
        return bytes;
    }

    /// <summary>Hands every byte over in order, at most <paramref name="chunkSize"/> at a time.</summary>
    public static void ForEachChunk(this WeightSource source, ChunkAction action, int chunkSize = DefaultChunk, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkSize);
        var length = source.ByteLength;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(chunkSize, length));
        try
        {
            for (long offset = 0, count; offset < length; offset += count)
            {
                cancellation.ThrowIfCancellationRequested();
                count = Math.Min(chunkSize, length - offset);
                var chunk = buffer.AsSpan(0, (int)count);
                source.Read(offset, chunk);
                action(chunk);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes every byte to <paramref name="destination"/>, holding at most <paramref name="chunkSize"/> of them.</summary>
    public static void CopyTo(this WeightSource source, Stream destination, int chunkSize = DefaultChunk, CancellationToken cancellation = default) =>
        source.ForEachChunk(destination.Write, chunkSize, cancellation);

    /// <summary>SHA-256 of the bytes alone; type and sizes are not part of it.</summary>
    public static byte[] ComputeSha256(this WeightSource source, CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.ForEachChunk(hash.AppendData, DefaultChunk, cancellation);
        return hash.GetHashAndReset();
    }
}
