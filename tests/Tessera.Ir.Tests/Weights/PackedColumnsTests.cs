using Tessera.Ir.Evaluate;
using Xunit;
using static Tessera.Ir.Tests.Weights.WeightTesting;

namespace Tessera.Ir.Tests.Weights;

public sealed class PackedColumnsTests
{
    /// <summary>Three columns of 3 numbers of 4 bits, each in two bytes, behind one byte of others.</summary>
    private static readonly byte[] s_bytes = [0xFF, 0x21, 0x03, 0x54, 0x06, 0x87, 0x09];

    [Theory]
    [InlineData(DType.U4, new long[] { 1, 4, 7, 2, 5, 8, 3, 6, 9 })]
    [InlineData(DType.I4, new long[] { -7, -4, -1, -6, -3, 0, -5, -2, 1 })]
    public void Columns_of_half_bytes_are_rows_of_a_matrix(DType dtype, long[] expected)
    {
        PackedColumnsWeightSource source = new(Bytes(s_bytes), dtype, [3, 3], 1, 2);
        Assert.Equal(expected, RefTensors.FromSource(source).I);
        AssertCutsDoNotMatter(source);
    }

    [Theory]
    [InlineData(DType.U8, new long[] { 1, 4, 200, 2, 5, 201 })]
    [InlineData(DType.I8, new long[] { -127, -124, 72, -126, -123, 73 })]
    public void Columns_of_bytes_too(DType dtype, long[] expected)
    {
        PackedColumnsWeightSource source = new(Bytes([1, 2, 3, 4, 5, 6, 200, 201]), dtype, [2, 3], 0, 3);
        Assert.Equal(expected, RefTensors.FromSource(source).I);
        AssertCutsDoNotMatter(source);
    }

    [Fact]
    public void A_matrix_of_its_own_type_is_turned_as_it_is()
    {
        MemoryWeightSource matrix = new(DType.I4, [2, 4], new byte[] { 0x98, 0xBA, 0x10, 0x32 });
        PackedColumnsWeightSource turned = new(matrix, DType.I4, [4, 2], 0, 2);
        Assert.Equal([-8L, 0, -7, 1, -6, 2, -5, 3], RefTensors.FromSource(turned).I);
        AssertCutsDoNotMatter(turned);
    }

    [Fact]
    public void Large_ones_are_read_in_pieces_of_any_size()
    {
        byte[] bytes = [.. Enumerable.Range(0, 40 * 33).Select(static i => (byte)(i * 7))];
        PackedColumnsWeightSource source = new(Bytes(bytes), DType.I4, [66, 40], 0, 33);
        AssertCutsDoNotMatter(source);
        long[] values = RefTensors.FromSource(source).I;
        Assert.All(Enumerable.Range(0, values.Length), i => Assert.Equal(((bytes[(i % 40 * 33) + (i / 40 / 2)] >> (i / 40 % 2 * 4)) & 15) - 8, values[i]));
    }

    [Fact]
    public void Columns_that_leave_the_bytes_and_other_types_are_refused()
    {
        AssertFails("TSR0417", static () => new PackedColumnsWeightSource(Bytes(s_bytes), DType.U4, [3, 4], 1, 2), "u4[3, 4]");
        AssertFails("TSR0417", static () => new PackedColumnsWeightSource(Bytes(s_bytes), DType.U4, [3, 3], 1, 1), "1 bytes apart");
        AssertFails("TSR0417", static () => new PackedColumnsWeightSource(Bytes(s_bytes), DType.U4, [3, 3], -1, 2));
        AssertFails("TSR0411", static () => new PackedColumnsWeightSource(Bytes(s_bytes), DType.I16, [1, 1], 0, 2), "i16");
        AssertFails("TSR0411", static () => new PackedColumnsWeightSource(Iota(2, 3), DType.U8, [1, 1], 0, 2), "i32");
    }

    private static MemoryWeightSource Bytes(byte[] bytes) => new(DType.U8, [bytes.Length], bytes);
}
