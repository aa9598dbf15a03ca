using System.Globalization;
using System.Text;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Xunit;

namespace Tessera.Passes.Tests.Experts;

/// <summary>Chains as long as the largest models have them: every link is read once, whichever link a rule looks from.</summary>
public class ManyExpertsTests
{
    private const int Count = 256;
    private const string Masked = """
          %i# = constant {value = i64[] {#}}
          %q# = equal %ids, %i#
          %m# = where %q#, %w, %zero
          %g# = reduce_sum %m# {axes = [1], keep_dims = true}
          %u# = matmul %x, %a#
          %k# = relu %u#
          %o# = matmul %k#, %b#
          %t# = mul %o#, %g#
          %y& = add %y#, %t#
        """;

    private const string Guarded = """
          %i# = constant {value = i64[] {#}}
          %f# = equal %ids, %i#
          %c# = cast %f# {to = i64}
          %n# = reduce_max %c# {axes = [0, 1], keep_dims = false}
          %any# = cast %n# {to = bool}
          %y& = if %any#, %y#, %x, %f#, %w, %a#, %b# {then = {
            input %cur: f32[t, 4]
            input %x: f32[t, 4]
            input %f: bool[t, 2]
            input %w: f32[t, 2]
            input %a: f32[4, 5]
            input %b: f32[5, 4]
            %r0 = constant {value = i64[] {0}}
            %r1 = constant {value = i64[] {1}}
            %nz = nonzero %f
            %tok = gather %nz, %r0
            %slot = gather %nz, %r1
            %xt = gather %x, %tok
            %u = matmul %xt, %a
            %h = relu %u
            %o = matmul %h, %b
            %tc = unsqueeze %tok {axes = [1]}
            %sc = unsqueeze %slot {axes = [1]}
            %at = concat %tc, %sc {axis = 1}
            %wv = gather_nd %w, %at
            %wc = unsqueeze %wv {axes = [1]}
            %wo = mul %o, %wc
            %y = scatter_nd %cur, %tc, %wo {reduction = add}
            yield %y
          }, else = {
            input %cur: f32[t, 4]
            input %x: f32[t, 4]
            input %f: bool[t, 2]
            input %w: f32[t, 2]
            input %a: f32[4, 5]
            input %b: f32[5, 4]
            yield %cur
          }}
        """;

    [Theory]
    [InlineData(Masked)]
    [InlineData(Guarded)]
    public void All_experts_of_a_long_chain_become_one_op(string expert)
    {
        Graph after = Pipelines.OneExample.Run(Parser.Parse(Chain(expert)), new PassContext(new PassOptions()));
        GroupedMlp mlp = Assert.Single(after.PostOrder().OfType<GroupedMlp>());
        Assert.Equal(Count, mlp.ExpertCount);
        Assert.Equal(Enumerable.Range(0, Count).SelectMany(static e => (string[])[$"a{e}", $"b{e}"]), mlp.Tail.Select(static v => ((Parameter)v!.Op!).Path));
        Assert.DoesNotContain(after.PostOrder(), static op => op is If or ScatterND or Where or TopK);
    }

    private static string Chain(string expert)
    {
        StringBuilder text = new("""
            graph "g" {
              input %x: f32[t, 4]
              input %logits: f32[t, 256]
              %p = softmax %logits
              %w, %ids = top_k %p {k = 2}
              %zero = constant {value = f32[] {0}}
              %y0 = expand %zero {shape = [t, 4]}

            """);
        for (int e = 0; e < Count; e++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  %a{e} = parameter {{path = \"a{e}\", type = f32[4, 5]}}\n  %b{e} = parameter {{path = \"b{e}\", type = f32[5, 4]}}\n");
            text.Append(expert.Replace("#", $"{e}", StringComparison.Ordinal).Replace("&", $"{e + 1}", StringComparison.Ordinal)).Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"  output \"y\" = %y{Count}\n}}\n").ToString();
    }
}
