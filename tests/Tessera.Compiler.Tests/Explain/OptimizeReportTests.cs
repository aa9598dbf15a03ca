using Tessera.Compiler.Explain;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Onnx;
using Tessera.Passes;
using Xunit;

namespace Tessera.Compiler.Tests.Explain;

public sealed class OptimizeReportTests
{
    // Three norms and their biases: one fits, two norms have another user.
    private const string Norms =
        """
        graph "norms" {
          input %x: f32[n, 4]
          input %b: f32[4]
          input %w: f32[4]
          %0 = neg %x
          %1 = abs %x
          %2 = layer_norm %0, %w
          %3 = layer_norm %1, %w
          %4 = layer_norm %x, %w
          %5 = add %2, %b
          %6 = add %3, %b
          %7 = add %4, %b
          output "ya" = %5
          output "yb" = %6
          output "yc" = %7
          output "yd" = %2
          output "ye" = %3
        }
        """;

    [Fact]
    public void Sites_and_misses_are_gathered_by_rule_and_reason()
    {
        RuleReport rule = Compile(Norms).Report.Rule("fuse-norm-bias");
        Assert.True(rule.Tried);
        Assert.Equal("add", Assert.Single(rule.Fired).Op);
        ReasonGroup group = Assert.Single(rule.Reasons);
        Assert.Equal(("add", "the norm has other users"), (group.Op, group.Reason));
    }

    [Fact]
    public void Misses_at_different_places_are_different_misses()
    {
        PassContext context = new();
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Op a = g.Abs(x).Producer;
        g.Source = new SourceLocation("second");
        Op b = g.Neg(x).Producer;
        g.Source = new SourceLocation("third");
        Op c = g.Abs(g.Neg(x)).Producer;
        context.Reject("fuse-gelu", a, "no");
        context.Reject("fuse-gelu", b, "no");
        context.Reject("fuse-gelu", c, "no");
        context.Reject("fuse-gelu", c, "no");
        context.Record("fuse-gelu", b.Outputs, [x]);
        ReportBuilder builder = new();
        builder.Add(Pipelines.OneExample, context);
        RuleReport rule = builder.Build([]).Rule("fuse-gelu");

        // At the second place the rule fired after all.
        ReasonGroup group = Assert.Single(rule.Reasons);
        Assert.Equal(("abs", "no"), (group.Op, group.Reason));
        Assert.Equal(["(no name)", "third"], group.Places.Select(Place.Of));
    }

    [Fact]
    public void Requirement_names_the_nearest_misses()
    {
        OptimizeReport report = Compile(Norms).Report;
        report.Require("fuse-norm-bias");
        TesseraException error = Assert.Throws<TesseraException>(() => report.Require("fuse-norm-bias", 2));
        Assert.Equal("TSR0971", error.Code);
        Assert.EndsWith("fuse-norm-bias fired once, at least 2 times were required. Nearest misses:\n  2 × add, first (text:10): the norm has other users", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("No pass for this target applies it.", Assert.Throws<TesseraException>(() => report.Require("fuse-skip-norm")).Message, StringComparison.Ordinal);
        Assert.EndsWith("Nothing else in the graph has its form.", Assert.Throws<TesseraException>(() => report.Require("fuse-gelu")).Message, StringComparison.Ordinal);
        Assert.Equal("TSR0970", Assert.Throws<TesseraException>(() => report.Require("fuse")).Code);
    }

    [Fact]
    public void Ops_that_the_target_lacks_are_told_with_the_reason()
    {
        ReasonGroup lowered = Assert.Single(Compile("graph \"g\" {\n  input %x: f32[n]\n  %0 = gelu %x\n  output \"y\" = %0\n}\n").Report.LoweredGroups);
        Assert.Equal(("gelu", "it exists since opset 20, the model is written at 17"), (lowered.Op, lowered.Reason));
    }

    [Theory]
    [InlineData(EmitTarget.Portable, false)]
    [InlineData(EmitTarget.Ort, true)]
    public void Rules_of_other_targets_are_not_tried(EmitTarget target, bool tried) =>
        Assert.Equal(tried, Compile(Norms, target).Report.Rule("fuse-skip-norm").Tried);

    private static CompiledModel Compile(string text, EmitTarget target = EmitTarget.Portable) =>
        ModelCompiler.Compile(Parser.Parse(text), new CompileOptions { Emit = new EmitOptions { Target = target, Opset = 17 } });
}
