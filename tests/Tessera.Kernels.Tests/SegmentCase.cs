using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Segments;

namespace Tessera.Kernels.Tests;

/// <summary>A segment op in a session: values in f64 on this side, of any element type on the other.</summary>
internal sealed record SegmentCase(string Op, TensorElementType Type, int[] Cu, long[] Trailing)
{
    public string? Kind { get; init; }

    /// <summary>Registers the kernels that run it; null for those of the CPU.</summary>
    public Action<SessionOptions>? Register { get; init; }

    /// <summary>What is said to be the number of tokens: where the offsets end, unless a test says otherwise.</summary>
    public long[] Count { get; init; } = [Cu.Length == 0 ? 0 : Cu[^1]];

    public int Columns => (int)Trailing.Aggregate(1L, (a, b) => a * b);

    /// <summary>Seeded values as the element type holds them.</summary>
    public double[] Values(int rows)
    {
        Random random = new(rows + Columns);
        double[] values = [.. Enumerable.Range(0, rows * Columns).Select(_ => (random.NextDouble() - 0.5) * 20)];
        return Decode(Encode(values, Type), Type);
    }

    /// <summary>What expanding gives: rows as often as their segments have tokens.</summary>
    public double[] Expanded(double[] x) => [.. Enumerable.Range(0, Cu.Length - 1)
        .SelectMany(b => Enumerable.Repeat(b, Cu[b + 1] - Cu[b]))
        .SelectMany(b => x[(b * Columns)..((b + 1) * Columns)])];

    public double[] Run(double[] x, int rows, int threads = 2)
    {
        object[] trailing = [.. Trailing.Cast<object>()];
        List<ModelValue> inputs = [new("x", Type, ["r", .. trailing]), new("cu", TensorElementType.Int32, "b")];
        List<RawTensor> values = [new("x", Type, [rows, .. Trailing], Encode(x, Type)), RawTensor.Of("cu", TensorElementType.Int32, [Cu.Length], Cu)];
        if (Op == "SegmentExpand")
        {
            inputs.Add(new("count", TensorElementType.Int64));
            values.Add(RawTensor.Of("count", TensorElementType.Int64, Count.Length == 1 ? [] : [Count.Length], Count));
        }

        byte[] model = OneNodeModel.Create(Op, inputs, new("out", Type, ["o", .. trailing]), Kind is null ? [] : [("kind", Kind)]);
        using InferenceSession session = OrtRunner.Open(model, threads, Register);
        (long[] shape, byte[] bytes) = OrtRunner.Run(session, [.. values]);
        Assert.Equal(Trailing, shape[1..]);
        return Decode(bytes, Type);
    }

    public static byte[] Encode(double[] values, TensorElementType type) => type switch
    {
        TensorElementType.Double => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
        TensorElementType.Int32 => MemoryMarshal.AsBytes<int>(values.Select(x => (int)x).ToArray()).ToArray(),
        TensorElementType.Int64 => MemoryMarshal.AsBytes<long>(values.Select(x => (long)x).ToArray()).ToArray(),
        TensorElementType.Bool => [.. values.Select(x => (byte)(x > 0 ? 1 : 0))],
        TensorElementType.UInt16 => MemoryMarshal.AsBytes<ushort>(values.Select(x => (ushort)Math.Abs(x)).ToArray()).ToArray(),
        _ => AttentionRunner.Encode([.. values.Select(x => (float)x)], SegmentTypes.StorageOf(type))!,
    };

    public static double[] Decode(byte[] bytes, TensorElementType type) => type switch
    {
        TensorElementType.Double => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
        TensorElementType.Int32 => [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(x => (double)x)],
        TensorElementType.Int64 => [.. MemoryMarshal.Cast<byte, long>(bytes).ToArray().Select(x => (double)x)],
        TensorElementType.Bool => [.. bytes.Select(x => (double)x)],
        TensorElementType.UInt16 => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(x => (double)x)],
        _ => [.. AttentionRunner.Decode(bytes, SegmentTypes.StorageOf(type)).Select(x => (double)x)],
    };
}
