using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Tests;

public sealed class SegmentOpTests
{
    private static readonly TensorElementType[] s_floats =
        [TensorElementType.Float, TensorElementType.Float16, TensorElementType.BFloat16, TensorElementType.Double];

    private static readonly int[][] s_cus = [[0], [0, 0, 0], [0, 1], [0, 4], [0, 2, 2, 5, 6, 6], [0, 300, 301, 600]];

    private static readonly long[][] s_trailings = [[], [1], [3], [2, 5], [257], [3, 200]];

    [Theory]
    [InlineData("sum")]
    [InlineData("mean")]
    [InlineData("max")]
    [InlineData("logsumexp")]
    public void Reduce_agrees_with_the_definition(string kind)
    {
        foreach (SegmentCase c in Grid("SegmentReduce", s_floats, kind))
        {
            double[] x = c.Values(c.Cu[^1]);
            Close(c, c.Run(x, c.Cu[^1], Threads(c)), Reduce(c, x));
        }
    }

    [Theory]
    [InlineData("sum", 0)]
    [InlineData("max", int.MinValue)]
    public void Reduce_takes_integers(string kind, double empty)
    {
        SegmentCase c = new("SegmentReduce", TensorElementType.Int32, [0, 2, 2, 4], [3]) { Kind = kind };
        double[] x = [1, -5, 7, 3, 9, -2, 4, 4, 4, 5, 1, 6];
        double[] first = kind == "sum" ? [4, 4, 5] : [3, 9, 7], last = kind == "sum" ? [9, 5, 10] : [5, 4, 6];
        Assert.Equal([.. first, empty, empty, empty, .. last], c.Run(x, 4));
        if (kind == "sum")
            Assert.Equal([.. first, 0, 0, 0, .. last], (c with { Type = TensorElementType.Int64 }).Run(x, 4));
    }

    [Fact]
    public void Reduce_takes_every_integer_type()
    {
        Check<sbyte>(sbyte.MinValue, TensorElementType.Int8, [100, 27, 30, 5], [-126, 32], [100, 27]);
        Check<byte>(0, TensorElementType.UInt8, [250, 7, 9, 1], [3, 8], [250, 7]);
        Check<short>(short.MinValue, TensorElementType.Int16, [-7, 7, 9, 1], [2, 8], [9, 7]);
        Check<ushort>(0, TensorElementType.UInt16, [7, 7, 9, 1], [16, 8], [9, 7]);
        Check<uint>(0, TensorElementType.UInt32, [7, uint.MaxValue, 9, 1], [16, 0], [9, uint.MaxValue]);
        Check<ulong>(0, TensorElementType.UInt64, [7, ulong.MaxValue, 9, 1], [16, 0], [9, ulong.MaxValue]);
        Check<int>(int.MinValue, TensorElementType.Int32, [7, int.MaxValue, 9, 1], [16, int.MinValue], [9, int.MaxValue]);
        Check<long>(long.MinValue, TensorElementType.Int64, [7, long.MaxValue, 9, 1], [16, long.MinValue], [9, long.MaxValue]);
    }

    /// <summary>Two rows of two in one segment (sums wrap around), then an empty segment.</summary>
    private static void Check<T>(T least, TensorElementType type, T[] x, T[] sum, T[] max)
        where T : unmanaged
    {
        Assert.Equal([.. sum, default, default], Run("sum"));
        Assert.Equal([.. max, least, least], Run("max"));

        T[] Run(string kind)
        {
            byte[] model = OneNodeModel.Create(
                "SegmentReduce", [new("x", type, "t", 2), new("cu", TensorElementType.Int32, "b")], new("out", type, "o", 2), ("kind", kind));
            using InferenceSession session = OrtRunner.Open(model, 1);
            byte[] bytes = OrtRunner.Run(
                session, RawTensor.Of("x", type, [2, 2], x), RawTensor.Of("cu", TensorElementType.Int32, [3], (int[])[0, 2, 2])).Bytes;
            return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        }
    }

    [Fact]
    public void Softmax_agrees_with_the_definition()
    {
        foreach (SegmentCase c in Grid("SegmentSoftmax", s_floats, null))
        {
            double[] x = c.Values(c.Cu[^1]);
            Close(c, c.Run(x, c.Cu[^1], Threads(c)), Softmax(c, x));
        }
    }

    [Fact]
    public void Expand_copies_rows_of_every_element_type()
    {
        foreach (TensorElementType type in (TensorElementType[])[.. s_floats, TensorElementType.Int32, TensorElementType.Int64, TensorElementType.Bool, TensorElementType.UInt16])
        {
            foreach (SegmentCase c in Grid("SegmentExpand", [type], null))
            {
                double[] x = c.Values(c.Cu.Length - 1);
                Assert.Equal(c.Expanded(x), c.Run(x, c.Cu.Length - 1, Threads(c)));
            }
        }
    }

    [Theory]
    [InlineData("SegmentReduce", "sum")]
    [InlineData("SegmentReduce", "mean")]
    [InlineData("SegmentReduce", "max")]
    [InlineData("SegmentReduce", "logsumexp")]
    [InlineData("SegmentSoftmax", null)]
    public void Neighbours_that_are_not_finite_change_nothing(string op, string? kind)
    {
        SegmentCase c = new(op, TensorElementType.Float, [0, 3, 5, 9], [5]) { Kind = kind };
        double[] x = c.Values(9), clean = c.Run(x, 9);
        int row = op == "SegmentSoftmax" ? 3 : 1, end = op == "SegmentSoftmax" ? 5 : 2;
        foreach (double poison in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
        {
            double[] dirty = [.. x];
            dirty.AsSpan(15, 10).Fill(poison);
            double[] after = c.Run(dirty, 9);
            Assert.Equal(clean[..(row * 5)], after[..(row * 5)]);
            Assert.Equal(clean[(end * 5)..], after[(end * 5)..]);
        }
    }

    [Fact]
    public void Infinities_and_nan_follow_ieee()
    {
        const double Inf = double.PositiveInfinity, NaN = double.NaN;
        double[] x = [1, Inf, -Inf, NaN, 2, 1, -Inf, 5];
        SegmentCase c = new("SegmentReduce", TensorElementType.Float, [0, 2], [4]);
        Assert.Equal([2, Inf, -Inf, NaN], (c with { Kind = "max" }).Run(x, 2));
        double[] log = (c with { Kind = "logsumexp" }).Run(x, 2);
        Assert.Equal([Inf, -Inf, NaN], log[1..]);
        Assert.Equal(2 + Math.Log(1 + Math.Exp(-1)), log[0], 6);
        Assert.Equal([3, Inf, -Inf, NaN], (c with { Kind = "sum" }).Run(x, 2));
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        foreach (string op in (string[])["SegmentReduce", "SegmentSoftmax"])
        {
            SegmentCase c = new(op, TensorElementType.Float, [0, 300, 301, 600], [200]) { Kind = op == "SegmentReduce" ? "sum" : null };
            double[] x = c.Values(600);
            Assert.Equal(c.Run(x, 600, threads: 1), c.Run(x, 600, threads: 2));
        }
    }

    [Theory]
    [InlineData("SegmentReduce", "sum", new[] { 0, 3, 8 }, "TSR1313 SegmentReduce 'the_node': cu_seqlens ends at 8, but there are 4 tokens.")]
    [InlineData("SegmentReduce", "sum", new[] { 0, 5, 4 }, "TSR1312")]
    [InlineData("SegmentSoftmax", null, new[] { 1, 4 }, "TSR1311")]
    [InlineData("SegmentSoftmax", null, new int[0], "TSR1310")]
    [InlineData("SegmentExpand", null, new[] { 0, 5 }, "TSR1304 SegmentExpand 'the_node': x's rows and the segments of cu_seqlens differ: 4 ≠ 1.")]
    [InlineData("SegmentExpand", null, new[] { 0, 1, 1, 1, 1, 5 }, "TSR1304 SegmentExpand 'the_node': x's rows and the segments of cu_seqlens differ: 4 ≠ 5.")]
    [InlineData("SegmentExpand", null, new[] { 0, 5, 3, 4, 9 }, "TSR1312")]
    [InlineData("SegmentReduce", "median", new[] { 0, 4 }, "TSR1307 SegmentReduce 'the_node': kind is 'median'; it is one of sum, mean, max, logsumexp.")]
    [InlineData("SegmentReduce", null, new[] { 0, 4 }, "TSR1307")]
    public void What_cannot_be_is_refused(string op, string? kind, int[] cu, string message)
    {
        SegmentCase c = new(op, TensorElementType.Float, cu, [2]) { Kind = kind };
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => c.Run(new double[8], 4));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 4L }, "TSR1313 SegmentExpand 'the_node': cu_seqlens ends at 5, but there are 4 tokens.")]
    [InlineData(new[] { -1L }, "TSR1304 SegmentExpand 'the_node': count must be one number of at least 0; it is [-1].")]
    [InlineData(new[] { 5L, 5L }, "TSR1304 SegmentExpand 'the_node': count must be one number of at least 0; it is [5, 5].")]
    [InlineData(new long[0], "TSR1304 SegmentExpand 'the_node': count must be one number of at least 0; it is [].")]
    [InlineData(new[] { long.MaxValue }, "TSR1313")]
    public void Counts_that_cannot_be_are_refused(long[] count, string message)
    {
        SegmentCase c = new("SegmentExpand", TensorElementType.Float, [0, 2, 5], [2]) { Count = count };
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => c.Run(new double[4], 2));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mean_of_integers_is_refused()
    {
        SegmentCase c = new("SegmentReduce", TensorElementType.Int64, [0, 4], [2]) { Kind = "mean" };
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => c.Run(new double[8], 4));
        Assert.Contains("TSR1308 SegmentReduce 'the_node': 'mean' of Int64 is not defined", error.Message, StringComparison.Ordinal);
    }

    internal static IEnumerable<SegmentCase> Grid(string op, TensorElementType[] types, string? kind) =>
        from type in types
        from cu in s_cus
        from trailing in s_trailings
        select new SegmentCase(op, type, cu, trailing) { Kind = kind };

    /// <summary>Small cases run on one thread anyway; a pool for each would take most of the time.</summary>
    private static int Threads(SegmentCase c) => c.Cu[^1] * c.Columns > 10_000 ? 2 : 1;

    internal static double[] Reduce(SegmentCase c, double[] x) => [.. Segments(c).SelectMany(s => Enumerable.Range(0, c.Columns).Select(column =>
    {
        double[] values = [.. Enumerable.Range(s.From, s.To - s.From).Select(t => x[(t * c.Columns) + column])];
        double max = values.Length == 0 ? double.NegativeInfinity : values.Max();
        return c.Kind switch
        {
            "sum" => values.Sum(),
            "mean" => values.Length == 0 ? 0 : values.Average(),
            "max" => max,
            _ => values.Length == 0 ? max : max + Math.Log(values.Sum(v => Math.Exp(v - max))),
        };
    }))];

    internal static double[] Softmax(SegmentCase c, double[] x)
    {
        double[] result = new double[x.Length];
        foreach ((int from, int to) in Segments(c).Where(s => s.To > s.From))
        {
            for (int column = 0; column < c.Columns; column++)
            {
                int[] cells = [.. Enumerable.Range(from, to - from).Select(t => (t * c.Columns) + column)];
                double max = cells.Max(i => x[i]), total = cells.Sum(i => Math.Exp(x[i] - max));
                foreach (int i in cells)
                    result[i] = Math.Exp(x[i] - max) / total;
            }
        }

        return result;
    }

    private static IEnumerable<(int From, int To)> Segments(SegmentCase c) => c.Cu.Zip(c.Cu.Skip(1));

    internal static void Close(SegmentCase c, double[] actual, double[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
        double tolerance = c.Type switch
        {
            TensorElementType.Float16 => 6e-4,
            TensorElementType.BFloat16 => 5e-3,
            TensorElementType.Double => 1e-13,
            _ => 1e-6,
        };
        for (int i = 0; i < actual.Length; i++)
        {
            bool same = actual[i].Equals(expected[i]) || Math.Abs(actual[i] - expected[i]) <= tolerance * scale;
            Assert.True(same, $"{c.Op} {c.Kind} {c.Type} [{string.Join(' ', c.Cu)}] [{string.Join(' ', c.Trailing)}]: [{i}] is {actual[i]}, expected {expected[i]}");
        }
    }
}
