using CsCheck;
using Xunit;
using static Tessera.Ir.Tests.Weights.WeightTesting;

namespace Tessera.Ir.Tests.Weights;

public sealed class CompositionTests
{
    [Fact]
    public void Memory_reads_what_it_was_given()
    {
        var weight = MemoryWeightSource.Of<float>([1, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal((DType.F32, 6L, 24L), (weight.DType, weight.Count, weight.ByteLength));
        Assert.Equal([1f, 2, 3, 4, 5, 6], weight.Values<float>());
        AssertCutsDoNotMatter(weight);
    }

    [Fact]
    public void Memory_of_the_wrong_length_is_refused() => AssertFails(
        "TSR0415", static () => new MemoryWeightSource(DType.F32, [2, 3], new byte[23]), "f32[2, 3]", "24", "23");

    [Fact]
    public void Sizes_that_overflow_or_are_negative_are_refused()
    {
        AssertFails("TSR0412", static () => new MemoryWeightSource(DType.F32, [-1], Array.Empty<byte>()), "-1");
        AssertFails("TSR0412", static () => new MemoryWeightSource(DType.F32, [1L << 40, 1L << 40], Array.Empty<byte>()));
        AssertFails("TSR0412", static () => new MemoryWeightSource(DType.F32, [0, 1L << 40, 1L << 40], Array.Empty<byte>()));
        AssertFails("TSR0411", static () => new MemoryWeightSource(DType.String, [1], Array.Empty<byte>()), "string");
    }

    [Fact]
    public void Slice_takes_a_range_of_any_axis()
    {
        var weight = Iota(2, 3, 4);
        Assert.Equal(Enumerable.Range(12, 12), weight.Slice(0, 1, 1).Values<int>());
        Assert.Equal([4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23], weight.Slice(1, 1, 2).Values<int>());
        Assert.Equal([1, 5, 9, 13, 17, 21], weight.Slice(-1, 1, 1).Values<int>());
        Assert.Equal([2L, 0, 4], weight.Slice(1, 3, 0).Dims);
        Assert.Empty(weight.Slice(1, 3, 0).Values<int>());
        Assert.Same(weight, weight.Slice(1, 0, 3));
        foreach (var axis in new[] { 0, 1, 2 }) AssertCutsDoNotMatter(weight.Slice(axis, 1, 1));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(-1, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(1, -1)]
    public void Slice_outside_the_axis_is_refused(long start, long length) =>
        AssertFails("TSR0417", () => new SliceWeightSource(Iota(1, 3), 0, start, length), "axis 0", "i32[1, 3]");

    [Fact]
    public void Slice_of_elements_that_share_bytes_must_fall_on_bytes()
    {
        var weight = new MemoryWeightSource(DType.I4, [3, 4], new byte[] { 0x21, 0x43, 0x65, 0x87, 0xA9, 0xCB });
        Assert.Equal([0x65, 0x87], weight.Slice(0, 1, 1).ToArray());
        Assert.Equal([0x43, 0x87, 0xCB], weight.Slice(1, 2, 2).ToArray());
        AssertFails("TSR0413", () => weight.Slice(1, 1, 2), "i4");
        AssertFails("TSR0413", static () => new MemoryWeightSource(DType.I4, [2, 3], new byte[3]).Slice(1, 0, 2), "i4");
        AssertFails("TSR0413", static () => new MemoryWeightSource(DType.I4, [4], new byte[2]).Slice(0, 1, 3), "i4");
        Assert.Equal([7], new MemoryWeightSource(DType.I4, [5], new byte[] { 0, 0, 7 }).Slice(0, 4, 1).ToArray());
        AssertFails("TSR0413", () => weight.Transpose(1, 0), "i4");
        AssertFails("TSR0413", () => new MemoryWeightSource(DType.I4, [5], new byte[3]).Slice(0, 0, 3), "i4");
    }

    [Fact]
    public void Concat_joins_along_any_axis()
    {
        var (a, b) = (Iota(2, 2), Iota(2, 1));
        Assert.Equal([0, 1, 0, 2, 3, 1], new[] { a, b }.Concat(1).Values<int>());
        Assert.Equal([0, 1, 2, 3, 0, 1, 2, 3], new[] { a, a }.Concat(0).Values<int>());
        var withEmpty = new WeightSource[] { a.Slice(1, 0, 0), a, a.Slice(1, 2, 0), b, a.Slice(1, 1, 0) }.Concat(-1);
        Assert.Equal([0, 1, 0, 2, 3, 1], withEmpty.Values<int>());
        AssertCutsDoNotMatter(withEmpty);
        AssertFails("TSR0418", () => new[] { a, b }.Concat(0), "i32[2, 2]", "i32[2, 1]");
        AssertFails("TSR0418", () => new WeightSource[] { a, b.Cast(DType.I64) }.Concat(1), "i64");
    }

    [Fact]
    public void Concat_of_elements_that_share_bytes_must_fall_on_bytes()
    {
        WeightSource even = new MemoryWeightSource(DType.I4, [2, 2], new byte[] { 0x21, 0x43 }), odd = new MemoryWeightSource(DType.I4, [2, 1], new byte[] { 0x21 });
        Assert.Equal([0x21, 0x21, 0x43, 0x43], new[] { even, even }.Concat(1).ToArray());
        AssertFails("TSR0413", () => new[] { even, odd }.Concat(1), "i4");
    }

    [Fact]
    public void Reshape_keeps_the_order()
    {
        Assert.Equal(Enumerable.Range(0, 6), Iota(2, 3).Reshape(3, 2).Values<int>());
        AssertFails("TSR0416", static () => Iota(2, 3).Reshape(4), "i32[2, 3]", "i32[4]");
    }

    [Fact]
    public void Transpose_moves_axes()
    {
        Assert.Equal([0, 3, 1, 4, 2, 5], Iota(2, 3).Transpose(1, 0).Values<int>());
        Assert.Equal([3L, 1, 2], Iota(1, 2, 3).Transpose(2, 0, 1).Dims);
        AssertFails("TSR0420", static () => Iota(2, 3).Transpose(0, 0), "[0, 0]", "i32[2, 3]");
        AssertFails("TSR0420", static () => Iota(2, 3).Transpose(0), "[0]");
    }

    [Fact]
    public void Transpose_of_every_element_size_agrees()
    {
        foreach (var type in new[] { DType.U8, DType.I16, DType.I32, DType.I64 })
        {
            var moved = Iota(3, 5, 2).Cast(type).Transpose(2, 1, 0);
            Assert.Equal(Iota(3, 5, 2).Transpose(2, 1, 0).Values<int>(), moved.Cast(DType.I32).Values<int>());
        }

        var complex = new MemoryWeightSource(DType.C128, [2, 2], Enumerable.Range(0, 64).Select(static i => (byte)i).ToArray());
        Assert.Equal([0, 32, 16, 48], new[] { 0, 16, 32, 48 }.Select(i => (int)complex.Transpose(1, 0).ToArray()[i]));
    }

    [Fact]
    public void Transpose_agrees_with_its_definition_for_any_cut() =>
        (from dims in Gen.Long[0, 4].Array[1, 5]
         from perm in Gen.Shuffle(Enumerable.Range(0, dims.Length).ToArray())
         from chunk in Gen.Int[1, 64]
         select (dims, perm, chunk)).Sample(
            static t =>
            {
                var moved = new TransposeWeightSource(Iota(t.dims), t.perm);
                var bytes = new byte[moved.ByteLength];
                for (var at = 0; at < bytes.Length; at += t.chunk) moved.Read(at, bytes.AsSpan(at, Math.Min(t.chunk, bytes.Length - at)));
                Assert.Equal(moved.ToArray(), bytes);
                Assert.Equal(PlainTranspose(t.dims, t.perm), moved.Values<int>());
            },
            seed: "0N0XIzNsQ0O2",
            iter: 300);

    [Fact]
    public void Sources_compose()
    {
        // Q, K and V of [out, in], each transposed to [in, out], joined into one matrix and rounded.
        WeightSource[] qkv = [Iota(2, 3), Iota(2, 3), Iota(2, 3)];
        var joined = qkv.Select(static w => w.Transpose(1, 0)).ToArray().Concat(1).Cast(DType.F32);
        Assert.Equal([3L, 6], joined.Dims);
        Assert.Equal([0f, 3, 0, 3, 0, 3, 1, 4, 1, 4, 1, 4, 2, 5, 2, 5, 2, 5], joined.Values<float>());
        AssertCutsDoNotMatter(joined);
    }

    private static int[] PlainTranspose(long[] dims, int[] perm)
    {
        var count = dims.Aggregate(1L, static (a, b) => a * b);
        var strides = dims.Select((_, axis) => dims.Skip(axis + 1).Aggregate(1L, static (a, b) => a * b)).ToArray();
        var moved = new int[count];
        for (var index = 0L; index < count; index++)
        {
            var (rest, source) = (index, 0L);
            for (var axis = perm.Length - 1; axis >= 0; axis--)
            {
                source += rest % dims[perm[axis]] * strides[perm[axis]];
                rest /= dims[perm[axis]];
            }

            moved[index] = (int)source;
        }

        return moved;
    }
}
