using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tessera.Ir;

/// <summary>
/// The content of a constant: bytes as ONNX raw data, or strings. Equality is by SHA-256 of type, sizes and bytes,
/// since files are hostile and a weaker hash could be made to collide.
/// </summary>
public sealed class TensorContent : IEquatable<TensorContent>
{
    private readonly byte[] _digest;

    private TensorContent(DType dtype, EquatableArray<long> dims, ReadOnlyMemory<byte> bytes, IReadOnlyList<string>? strings)
    {
        DType = dtype;
        Dims = dims;
        Bytes = bytes;
        Strings = strings;
        _digest = Digest();
    }

    public DType DType { get; }

    public EquatableArray<long> Dims { get; }

    /// <summary>Little-endian, row-major, densely packed; empty for strings.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The elements of a string tensor; null otherwise.</summary>
    public IReadOnlyList<string>? Strings { get; }

    public long Count => Dims.Aggregate(1L, static (a, b) => checked(a * b));

    public TensorType Type => new(DType, [.. Dims.Select(static d => Dim.Const(d))]);

    /// <exception cref="TesseraException">The number of bytes does not fit the type and sizes.</exception>
    public static TensorContent FromBytes(DType dtype, IEnumerable<long> dims, ReadOnlyMemory<byte> bytes)
    {
        EquatableArray<long> sizes = dims.ToEquatableArray();
        long expected = dtype.ByteCount(sizes.Aggregate(1L, static (a, b) => checked(a * b)));
        return expected == bytes.Length
            ? new TensorContent(dtype, sizes, bytes, null)
            : throw new TesseraException("TSR0110", "", $"A constant {dtype.Text()}{sizes} takes {expected} bytes; {bytes.Length} are given.");
    }

    /// <exception cref="TesseraException">The number of strings does not fit the sizes.</exception>
    public static TensorContent FromStrings(IEnumerable<long> dims, IReadOnlyList<string> strings)
    {
        TensorContent content = new(DType.String, dims.ToEquatableArray(), default, strings);
        return content.Count == strings.Count
            ? content
            : throw new TesseraException("TSR0110", "", $"A constant {content} holds {content.Count} strings; {strings.Count} are given.");
    }

    /// <summary>A tensor of a C# element type whose memory layout is the stored one.</summary>
    public static TensorContent From<T>(DType dtype, IEnumerable<long> dims, ReadOnlySpan<T> values)
        where T : unmanaged => FromBytes(dtype, dims, MemoryMarshal.AsBytes(values).ToArray());

    public static TensorContent Scalar(long value) => From(DType.I64, [], [value]);

    public static TensorContent Scalar(float value) => From(DType.F32, [], [value]);

    public static TensorContent Vector(params ReadOnlySpan<long> values) => From(DType.I64, [values.Length], values);

    public bool Equals(TensorContent? other) => other is not null && _digest.AsSpan().SequenceEqual(other._digest);

    public override bool Equals(object? obj) => Equals(obj as TensorContent);

    public override int GetHashCode() => BitConverter.ToInt32(_digest);

    public override string ToString() => $"{DType.Text()}{Dims}";

    private byte[] Digest()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)DType]);
        hash.AppendData(BitConverter.GetBytes(Dims.Count));
        foreach (long dim in Dims)
        {
            hash.AppendData(BitConverter.GetBytes(dim));
        }

        hash.AppendData(Bytes.Span);
        foreach (string text in Strings ?? [])
        {
            byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(utf8.Length));
            hash.AppendData(utf8);
        }

        return hash.GetHashAndReset();
    }
}
