using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Ir;

/// <summary>A weight whose bytes the caller holds.</summary>
public sealed class MemoryWeightSource : WeightSource
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly long[] _dims;

    /// <param name="dtype">Element type.</param>
    /// <param name="dims">Sizes of the axes, outermost first.</param>
    /// <param name="bytes">Little-endian, row-major; exactly as many as type and sizes ask for. Not copied.</param>
    public MemoryWeightSource(DType dtype, IReadOnlyList<long> dims, ReadOnlyMemory<byte> bytes)
    {
        _dims = WeightDims.Checked(dtype, dims);
        (DType, _bytes) = (dtype, bytes);
        if (bytes.Length != ByteLength)
            throw new TesseraException("TSR0415", "", $"a weight {WeightDims.Text(this)} takes {ByteLength} bytes; {bytes.Length} are given.");
    }

    public override DType DType { get; }

    public override IReadOnlyList<long> Dims => _dims;

    /// <summary>Copies <paramref name="values"/>, whose type gives the element type: <c>float</c> is f32, <c>Half</c> f16, <c>bool</c> bool …</summary>
    public static MemoryWeightSource Of<T>(ReadOnlySpan<T> values, params IReadOnlyList<long> dims)
        where T : unmanaged
    {
        var bytes = new byte[values.Length * Unsafe.SizeOf<T>()];
        MemoryMarshal.AsBytes(values).CopyTo(bytes);
        return new MemoryWeightSource(TypeOf<T>(), dims, bytes);
    }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination);
        _bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }

    private static DType TypeOf<T>() => default(T) switch
    {
        float => DType.F32,
        double => DType.F64,
        Half => DType.F16,
        bool => DType.Bool,
        sbyte => DType.I8,
        byte => DType.U8,
        short => DType.I16,
        ushort => DType.U16,
        int => DType.I32,
        uint => DType.U32,
        long => DType.I64,
        ulong => DType.U64,
        _ => throw new TesseraException("TSR0411", "", $"{typeof(T).Name} is not the C# type of a tensor element."),
    };
}
