using Tessera.Ir;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Passes.Tests.Experts;

/// <summary>What a model from elsewhere reshapes may have no known rank: rules that look below the reshape decline.</summary>
public class UnknownRankTests
{
    [Fact]
    public void Rules_decline_where_a_rank_below_the_op_is_not_known()
    {
        Graph graph = Parser.Parse("""
            graph "g" {
              input %x: f32[t]
              input %any: f32[*]
              %rows = reshape %any {shape = [t, 2, 4]}
              %y = reduce_sum %rows {axes = [1]}
              output "y" = %y
            }
            """, takesClaims: true);
        PassContext context = new(new PassOptions { Verify = true, RecordRewrites = true });
        Graph after = Pipelines.OneExample.Run(graph, context);
        Assert.Contains("reduce_sum", Printer.Print(after), StringComparison.Ordinal);
        Assert.Contains(context.Rejections, static r => r.Rule == "fuse-unsorted-experts" && r.Reason.Contains("the rank of", StringComparison.Ordinal));
    }
}
