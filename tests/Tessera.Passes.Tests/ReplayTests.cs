using Tessera.Ir;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Passes.Tests;

/// <summary>The generated inputs tell apart what differs, over integers too.</summary>
public class ReplayTests
{
    [Theory]
    [InlineData("i8")]
    [InlineData("u16")]
    [InlineData("i64")]
    [InlineData("u64")]
    public void Integers_that_wrap_are_among_the_inputs(string dtype)
    {
        // (x + x) / 2 is x unless the sum wraps.
        Assert.False(Check($"{dtype}[n, 3]", static (g, x) => g.Div(g.Add(x, x), g.Int(x.DType, 2)), static (g, x) => x).Holds);
    }

    [Fact]
    public void Negative_integers_are_among_the_inputs() =>
        Assert.False(Check("i32[n, 3]", static (g, x) => g.Abs(x), static (g, x) => x).Holds);

    [Fact]
    public void Indices_that_the_original_refuses_give_way_to_small_ones()
    {
        SiteReport report = Check(
            "i64[n, 2]", static (g, x) => g.Gather(Table(g), x, 0), static (g, x) => g.Gather(g.Concat([Table(g), Table(g)], 0), x, 0));
        Assert.True(report.Holds, report.Difference);
        Assert.Equal(ReplayOptions.Default.Cases, report.Cases);
    }

    [Fact]
    public void Replacement_that_reads_out_of_bounds_is_a_failure_and_no_crash()
    {
        SiteReport report = Check("i64[n, 2]", static (g, x) => g.Gather(Table(g), x, 0), static (g, x) => g.Gather(Table(g), g.Add(x, g.Int(DType.I64, 2)), 0));
        Assert.False(report.Holds);
    }

    private static Value Table(GraphBuilder g) => g.Ints(5, 6, 7);

    private static SiteReport Check(string type, Func<GraphBuilder, Value, Value> before, Func<GraphBuilder, Value, Value> after) =>
        GraphEquivalence.Check(Of(type, before), Of(type, after), "site", ReplayOptions.Default);

    private static Graph Of(string type, Func<GraphBuilder, Value, Value> body)
    {
        GraphBuilder g = new();
        Value x = g.In("x", type);
        return new Graph { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", body(g, x))] };
    }
}
