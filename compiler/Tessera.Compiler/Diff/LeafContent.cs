using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Diff;

/// <summary>Weights and constants by what they hold, whatever they are called and whichever of the two they are.</summary>
internal static class LeafContent
{
    private const int Chunk = 1 << 18;

    public static bool IsLeaf(Op op) => op is Parameter or Constant;

    /// <summary>What tells a tensor from others: type, sizes and SHA-256 of its bytes; null for none.</summary>
    public static string? Describe(WeightSource? source) => source is null ? null : $"{source.DType.Text()}[{string.Join(", ", source.Dims)}] {Hash(source)}";

    /// <summary>What tells it from others: type and SHA-256 of its bytes; the path of a weight that has none.</summary>
    public static string Describe(Op op, IReadOnlyDictionary<string, WeightSource> weights)
    {
        if (Source(op, weights) is { } source)
        {
            return $"{op.Outputs[0].Type} {Hash(source)}";
        }

        return op is Constant { Value: { Strings: not null } strings } ? $"{strings} {Strings(strings)}" : $"unbound {((Parameter)op).Path}: {op.Outputs[0].Type}";
    }

    public static string Name(Op op) => op is Parameter parameter ? parameter.Path : $"constant of {Explain.Place.Of(op.Outputs[0].Source)}";

    public static WeightChange Compare(Op first, IReadOnlyDictionary<string, WeightSource> firstWeights, Op second, IReadOnlyDictionary<string, WeightSource> secondWeights)
    {
        WeightChange change = new(Name(first), Name(second), first.Outputs[0].Type.ToString()!, second.Outputs[0].Type.ToString()!, 0, 0, double.NaN);
        return Source(first, firstWeights) is { } a && Source(second, secondWeights) is { } b && a.DType == b.DType && a.Dims.SequenceEqual(b.Dims)
            ? Compare(a, b, change with { Elements = a.Count, Largest = 0 })
            : change;
    }

    private static WeightChange Compare(WeightSource a, WeightSource b, WeightChange change)
    {
        // Chunks of whole elements that begin at whole bytes, those of four and two bits too.
        (long differing, double largest) = (0, 0);
        for (long start = 0; start < a.Count; start += Chunk)
        {
            int count = (int)Math.Min(Chunk, a.Count - start);
            (byte[] x, byte[] y) = (Bytes(a, start, count), Bytes(b, start, count));
            if (x.AsSpan().SequenceEqual(y))
            {
                continue;
            }

            (long more, double delta) = Differences(a.DType, count, x, y);
            differing += more;
            largest = double.IsNaN(largest) || double.IsNaN(delta) ? double.NaN : Math.Max(largest, delta);
        }

        return change with { Differing = differing, Largest = largest };
    }

    private static (long Differing, double Largest) Differences(DType dtype, int count, byte[] x, byte[] y)
    {
        if (dtype is DType.C64 or DType.C128)
        {
            int bytes = dtype.Bits() / 8;
            return (Enumerable.Range(0, count).Count(i => !x.AsSpan(i * bytes, bytes).SequenceEqual(y.AsSpan(i * bytes, bytes))), double.NaN);
        }

        (RefTensor a, RefTensor b) = (RefTensors.FromBytes(dtype, [count], x), RefTensors.FromBytes(dtype, [count], y));
        (long differing, double largest) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            if (Delta(dtype, a, b, i) is { } delta)
            {
                differing++;
                largest = double.IsNaN(largest) || double.IsNaN(delta) ? double.NaN : Math.Max(largest, delta);
            }
        }

        return (differing, largest);
    }

    // Null where the elements are the same; integers of 64 bits are more than doubles tell apart.
    private static double? Delta(DType dtype, RefTensor a, RefTensor b, int i)
    {
        if (dtype == DType.Bool)
        {
            return a.B[i] == b.B[i] ? null : 1;
        }

        if (!dtype.IsFloat())
        {
            return a.I[i] == b.I[i] ? null : (double)Int128.Abs(Whole(dtype, a.I[i]) - Whole(dtype, b.I[i]));
        }

        return BitConverter.DoubleToInt64Bits(a.F[i]) == BitConverter.DoubleToInt64Bits(b.F[i]) ? null
            : a.F[i].Equals(b.F[i]) ? 0
            : Math.Abs(a.F[i] - b.F[i]);
    }

    private static Int128 Whole(DType dtype, long bits) => dtype == DType.U64 ? (ulong)bits : bits;

    private static byte[] Bytes(WeightSource source, long start, int count)
    {
        byte[] bytes = new byte[source.DType.ByteCount(count)];
        source.Read(start * source.DType.Bits() / 8, bytes);
        return bytes;
    }

    private static string Hash(WeightSource source)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        source.ForEachChunk(chunk => hash.AppendData(chunk));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static WeightSource? Source(Op op, IReadOnlyDictionary<string, WeightSource> weights) => op switch
    {
        Parameter parameter => weights.GetValueOrDefault(parameter.Path),
        Constant { Value: { Strings: null } content } => new MemoryWeightSource(content.DType, [.. content.Dims], content.Bytes),
        _ => null,
    };

    private static string Strings(TensorContent content) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(string.Join('\0', content.Strings!).AsSpan())));
}
