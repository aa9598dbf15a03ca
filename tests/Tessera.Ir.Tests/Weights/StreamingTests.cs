using System.Security.Cryptography;
using Xunit;
using static Tessera.Ir.Tests.Weights.WeightTesting;

namespace Tessera.Ir.Tests.Weights;

public sealed class StreamingTests
{
    [Fact]
    public void Generated_weights_are_a_function_of_the_index()
    {
        var weight = new GeneratedWeightSource(DType.F32, [3, 500], static (first, values) =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = (first + i) * 0.5;
        });
        Assert.Equal(Enumerable.Range(0, 1500).Select(static i => i * 0.5f), weight.Values<float>());
        Assert.Equal([50f, 50.5f], weight.Reshape(1500).Slice(0, 100, 2).Values<float>());
        AssertCutsDoNotMatter(weight);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 20)]
    public void CopyTo_writes_all_bytes_in_chunks_of_bounded_size(int chunkSize)
    {
        var source = new Recorder(Iota(5, 5));
        using var stream = new MemoryStream();
        source.CopyTo(stream, chunkSize);
        Assert.Equal(Iota(5, 5).ToArray(), stream.ToArray());
        Assert.True(source.LargestRead <= chunkSize);
    }

    [Fact]
    public void CopyTo_stops_when_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Iota(4).CopyTo(Stream.Null, cancellation: cancelled.Token));
    }

    [Fact]
    public void Sha256_is_that_of_the_bytes() =>
        Assert.Equal(SHA256.HashData(Iota(4, 4).ToArray()), Iota(4, 4).ComputeSha256());

    [Fact]
    public void Scan_counts_nan_and_infinities_and_finds_the_first()
    {
        float[] values = [0, 1, float.NegativeInfinity, -0f, float.NaN, float.MaxValue, float.NaN];
        var weight = MemoryWeightSource.Of<float>(values, values.Length);
        var expected = new NonFiniteCount(NaNs: 2, Infinities: 1, FirstIndex: 2);
        foreach (var type in new[] { DType.F32, DType.F64 })
            Assert.Equal(expected, WeightScan.CountNonFinite(weight.Cast(type)));
        Assert.Equal(expected with { Infinities = 2 }, WeightScan.CountNonFinite(weight.Cast(DType.F16)));
        Assert.Equal(new NonFiniteCount(0, 0, -1), WeightScan.CountNonFinite(weight.Cast(DType.I32)));
    }

    [Theory]
    [InlineData(DType.F8E5M2, 6, 2)] // 3 NaN each side, one infinity each side
    [InlineData(DType.F8E4M3FN, 2, 0)]
    [InlineData(DType.F8E4M3FNUZ, 1, 0)]
    [InlineData(DType.F8E5M2FNUZ, 1, 0)]
    [InlineData(DType.F8E8M0, 1, 0)]
    public void Scan_knows_the_8_bit_floats(DType type, long nans, long infinities)
    {
        var all = new MemoryWeightSource(type, [256], Enumerable.Range(0, 256).Select(static i => (byte)i).ToArray());
        var found = WeightScan.CountNonFinite(all);
        Assert.Equal((nans, infinities), (found.NaNs, found.Infinities));
    }

    [Fact]
    public void Scan_finds_one_nan_beyond_the_first_chunk()
    {
        var weight = new GeneratedWeightSource(DType.BF16, [3_000_000], static (first, values) =>
        {
            for (var i = 0; i < values.Length; i++) values[i] = first + i == 2_345_678 ? double.NaN : 1;
        });
        Assert.Equal(new NonFiniteCount(1, 0, 2_345_678), WeightScan.CountNonFinite(weight));
    }

    [Fact]
    public void Scan_indexes_complex_elements_not_their_parts()
    {
        var weight = new MemoryWeightSource(DType.C64, [2], MemoryWeightSource.Of<float>([0, 0, 0, float.NaN], 4).ToArray());
        Assert.Equal(new NonFiniteCount(1, 0, 1), WeightScan.CountNonFinite(weight));
    }

    private sealed class Recorder(WeightSource source) : WeightSource
    {
        public int LargestRead { get; private set; }

        public override DType DType => source.DType;

        public override IReadOnlyList<long> Dims => source.Dims;

        public override void Read(long offset, Span<byte> destination)
        {
            LargestRead = Math.Max(LargestRead, destination.Length);
            source.Read(offset, destination);
        }
    }
}
