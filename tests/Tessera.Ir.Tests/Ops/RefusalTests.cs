using Xunit;

namespace Tessera.Ir.Tests.Ops;

/// <summary>Operands that no kernel could read are refused where they are given.</summary>
public class RefusalTests
{
    [Fact]
    public void Offsets_of_segments_are_i32()
    {
        GraphBuilder g = new();
        (Value x, Value wide) = (g.In("x", "f32[t, 2]"), g.In("cu", "i64[b + 1]"));
        Assert.All(
            new Func<Value>[]
            {
                () => g.SegmentSoftmax(x, wide),
                () => g.SegmentReduce(x, wide, Ir.Ops.SegmentReduction.Sum),
                () => g.SegmentExpand(g.In("rows", "f32[b, 2]"), wide, g.In("count", "i64[]")),
                () => g.PackedAttention(g.In("q", "f32[t, 2, 4]"), g.In("k", "f32[t, 2, 4]"), g.In("v", "f32[t, 2, 4]"), wide, wide),
            },
            static emit => Assert.Contains("i64[b + 1]", Assert.Throws<TesseraException>(() => emit()).Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("i32[]")]
    [InlineData("i64[1]")]
    public void A_count_is_one_number_of_64_bits(string type)
    {
        GraphBuilder g = new();
        TesseraException error = Assert.Throws<TesseraException>(() => g.SegmentExpand(g.In("rows", "f32[b, 2]"), g.In("cu", "i32[b + 1]"), g.In("count", type)));
        Assert.Contains($"count must be an i64[]; it is {type}.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e30, 1, "capacity_factor is 1E+30; it is at most 16777216")]
    [InlineData(16777218, 1, "capacity_factor is 16777218")]
    [InlineData(1, 1L << 31, "capacity_multiple 2147483648")]
    [InlineData(1, 0, "capacity_multiple 0")]
    public void Room_of_an_expert_is_a_number_of_64_bits(double factor, long multiple, string said)
    {
        GraphBuilder g = new();
        TesseraException error = Assert.Throws<TesseraException>(() => g.Emit(new Ir.Ops.Route(g.In("logits", "f32[t, 4]")) { K = 2, CapacityFactor = factor, CapacityMultiple = multiple }));
        Assert.Equal("TSR0217", error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_are_as_many_as_their_sizes_say()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => TensorContent.FromStrings([2, 2], ["a", "b", "c"]));
        Assert.Equal("TSR0110", error.Code);
        Assert.Contains("holds 4 strings; 3 are given", error.Message, StringComparison.Ordinal);
    }
}
