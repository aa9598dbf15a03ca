using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>The kernel's own source, run on the CPU by the stub of the driver.</summary>
public unsafe class CudaSegmentReduceTests
{
    private static readonly TensorElementType[] s_floats =
        [TensorElementType.Float, TensorElementType.Float16, TensorElementType.BFloat16, TensorElementType.Double];

    [SkippableTheory]
    [InlineData("sum")]
    [InlineData("mean")]
    [InlineData("max")]
    [InlineData("logsumexp")]
    public void Agrees_with_the_definition_whatever_the_order_of_threads(string kind)
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        foreach (SegmentCase c in SegmentOpTests.Grid("SegmentReduce", s_floats, kind).Select(c => c with { Register = domain.AddTo }))
        {
            double[] x = c.Values(c.Cu[^1]);
            double[] forwards = c.Run(x, c.Cu[^1], 1);
            SegmentOpTests.Close(c, forwards, SegmentOpTests.Reduce(c, x));
            stub.Backwards(true);
            Assert.Equal(forwards, c.Run(x, c.Cu[^1], 1));
            stub.Backwards(false);
        }
    }

    [SkippableFact]
    public void Softmax_agrees_with_the_definition()
    {
        OpDomain domain = CudaStub.Create().Domain();
        foreach (SegmentCase c in SegmentOpTests.Grid("SegmentSoftmax", s_floats, null).Select(c => c with { Register = domain.AddTo }))
        {
            double[] x = c.Values(c.Cu[^1]);
            SegmentOpTests.Close(c, c.Run(x, c.Cu[^1], 1), SegmentOpTests.Softmax(c, x));
        }
    }

    // All ways to cut up to five tokens into up to four segments; bits of a sum tell which tokens are in it, and how often.
    [SkippableFact]
    public void Every_token_of_a_segment_is_counted_once_and_nothing_else_is_written()
    {
        Bench bench = new(CudaStub.Create(), "segment_reduce_sum_i64");
        foreach (int[] cu in Cuts(5, 4))
        {
            foreach (int columns in (int[])[1, 2, 3, 31, 32, 33, 70])
            {
                long[] x = [.. Enumerable.Range(0, cu[^1] * columns).Select(i => (1L << (10 * (i / columns))) * ((i % columns) + 1))];
                foreach ((int width, int threads, int blocks) in ((int, int, int)[])[(1, 1, 1), (1, 4, 3), (2, 8, 1), (4, 4, 2), (32, 32, 7), (32, 256, 500), (8, 64, 1)])
                {
                    long[] expected = [.. Enumerable.Range(0, cu.Length - 1).SelectMany(b => Enumerable.Range(0, columns).Select(c =>
                        Enumerable.Range(cu[b], cu[b + 1] - cu[b]).Sum(t => x[(t * columns) + c])))];
                    Assert.Equal(expected, bench.Run(x, cu, cu[^1], columns, width, threads, blocks));
                }
            }
        }
    }

    // On a device nobody can refuse them: no token is read that is not there.
    [SkippableTheory]
    [InlineData(new[] { -3, 2 }, new[] { 3L })]
    [InlineData(new[] { 0, 9 }, new[] { 15L })]
    [InlineData(new[] { 3, 1 }, new[] { 0L })]
    [InlineData(new[] { 1, int.MaxValue, int.MinValue, 2 }, new[] { 14L, 0L, 3L })]
    public void Offsets_that_make_no_sense_lead_nowhere(int[] cu, long[] expected) =>
        Assert.Equal(expected, new Bench(CudaStub.Create(), "segment_reduce_sum_i64").Run([1, 2, 3, 4, 5], cu, 5, 1, 1, 8, 2));

    // In whichever thread's rows they stand: NaN is the largest of all, and what is infinite stays so.
    [SkippableFact]
    public void Numbers_that_are_none_come_through()
    {
        OpDomain domain = CudaStub.Create().Domain();
        SegmentCase max = new("SegmentReduce", TensorElementType.Float, [0, 300], [1]) { Kind = "max", Register = domain.AddTo };
        SegmentCase log = max with { Kind = "logsumexp" };
        foreach (int at in (int[])[0, 1, 255, 256, 299])
        {
            double[] x = [.. Enumerable.Range(0, 300).Select(static i => (double)-i)];
            x[at] = double.NaN;
            Assert.Equal([double.NaN], max.Run(x, 300, 1));
            Assert.Equal([double.NaN], log.Run(x, 300, 1));
            x[at] = double.PositiveInfinity;
            Assert.Equal([double.PositiveInfinity], log.Run(x, 300, 1));
        }

        Assert.Equal([double.NegativeInfinity], log.Run([.. Enumerable.Repeat(double.NegativeInfinity, 300)], 300, 1));
    }

    [SkippableFact]
    public void Narrow_numbers_are_those_of_IEEE()
    {
        CudaStub stub = CudaStub.Create();
        Assert.All(Enumerable.Range(0, 1 << 16), i =>
        {
            ushort bits = (ushort)i;
            float half = (float)BitConverter.UInt16BitsToHalf(bits), brain = BitConverter.Int32BitsToSingle(bits << 16);
            Assert.Equal(half, ((delegate* unmanaged<ushort, float>)stub.Function("test_widen_f16"))(bits));
            Assert.Equal(brain, ((delegate* unmanaged<ushort, float>)stub.Function("test_widen_bf16"))(bits));
        });
        Random random = new(5);
        for (int i = 0; i < 1 << 20; i++)
        {
            // Every exponent, and numbers halfway between two of sixteen bits.
            float x = BitConverter.Int32BitsToSingle(i % 3 == 0 ? random.Next() << 1 : (random.Next() << 13) | (1 << 12));
            ushort half = ((delegate* unmanaged<float, ushort>)stub.Function("test_narrow_f16"))(x), brain = ((delegate* unmanaged<float, ushort>)stub.Function("test_narrow_bf16"))(x);
            Assert.True(float.IsNaN(x) ? Half.IsNaN(BitConverter.UInt16BitsToHalf(half)) : BitConverter.HalfToUInt16Bits((Half)x) == half, $"{x:R} → {half:x4}");
            Assert.True(float.IsNaN(x) ? float.IsNaN(BitConverter.Int32BitsToSingle(brain << 16)) : Nearest(x) == brain, $"{x:R} → {brain:x4}");
        }
    }

    [SkippableFact]
    public void Functions_without_a_library_are_as_exact_as_doubles()
    {
        CudaStub stub = CudaStub.Create();
        delegate* unmanaged<double, double> exp = (delegate* unmanaged<double, double>)stub.Function("test_exponential"), log = (delegate* unmanaged<double, double>)stub.Function("test_logarithm");
        Random random = new(6);
        for (int i = 0; i < 200_000; i++)
        {
            double x = ((random.NextDouble() - 0.5) * 1440) - 15, e = Math.Exp(x);
            Assert.InRange(Math.Abs(exp(x) - e), 0, (e * 4e-16) + double.Epsilon);
            double y = Math.ScaleB(1 + random.NextDouble(), random.Next(-1000, 1000)), l = Math.Log(y);
            Assert.InRange(Math.Abs(log(y) - l), 0, (Math.Abs(l) * 4e-16) + 1e-16);
        }

        Assert.Equal([0, 1, double.PositiveInfinity, double.NaN], ((double[])[double.NegativeInfinity, 0, double.PositiveInfinity, double.NaN]).Select(x => exp(x)));
        Assert.Equal([0, double.PositiveInfinity, double.NaN], ((double[])[1, double.PositiveInfinity, double.NaN]).Select(x => log(x)));
    }

    private static ushort Nearest(float x)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }

    private static IEnumerable<int[]> Cuts(int tokens, int segments)
    {
        IEnumerable<int[]> cuts = [[0]];
        for (int b = 0; b <= segments; b++)
        {
            foreach (int[] cut in cuts)
                yield return cut;
            cuts = [.. cuts.SelectMany(c => Enumerable.Range(c[^1], tokens + 1 - c[^1]).Select(end => (int[])[.. c, end]))];
        }
    }

    /// <summary>One kernel on memory of the test's own, with guards about what it may write.</summary>
    private sealed class Bench
    {
        private const int Guard = 16;
        private const long Poison = 0x0dd0_0dd0_0dd0_0dd0;
        private readonly CudaDevice _device;
        private readonly CudaKernel _kernel;

        public Bench(CudaStub stub, string kernel)
        {
            _device = CudaDevice.Open(stub.Library, 0);
            _kernel = _device.Module("segment_reduce").Kernel(kernel, 4096, "test");
        }

        public long[] Run(long[] x, int[] cu, long tokens, int columns, int width, int threads, int blocks)
        {
            long[] output = new long[((cu.Length - 1) * columns) + (2 * Guard)];
            Array.Fill(output, Poison);
            long[] guarded = [.. Enumerable.Repeat(Poison, Guard), .. x, .. Enumerable.Repeat(Poison, Guard)];
            fixed (long* from = guarded, to = output)
            {
                fixed (int* offsets = cu)
                {
                    SegmentLaunch.Arguments arguments = new() { X = from + Guard, Cu = offsets, Output = to + Guard, Tokens = tokens, Segments = cu.Length - 1, Columns = columns, Width = width, Threads = threads };
                    using ContextScope scope = _device.Enter("test");
                    _kernel.Launch(0, blocks, threads, arguments, "test", new TensorView(TensorElementType.Int64, [tokens, columns], from));
                }
            }

            Assert.All(output[..Guard].Concat(output[^Guard..]), static v => Assert.Equal(Poison, v));
            return output[Guard..^Guard];
        }
    }
}
