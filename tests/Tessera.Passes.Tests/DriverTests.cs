using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Ir.Text;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Passes.Tests;

public class DriverTests
{
    private sealed class Swap : RewriteRule<Add>
    {
        public override Value? Apply(Add op, RewriteContext context) => context.Emit(new Add(op.B, op.A));
    }

    private sealed class Grow : RewriteRule<Gelu>
    {
        public override Value? Apply(Gelu op, RewriteContext context) => context.Emit(new Add(context.Emit(new Gelu(op.X) { Tanh = !op.Tanh }), op.X));
    }

    private sealed class Wrong : RewriteRule<Gelu>
    {
        public override Value? Apply(Gelu op, RewriteContext context) => op.X;
    }

    private sealed class WrongType : RewriteRule<Gelu>
    {
        public override Value? Apply(Gelu op, RewriteContext context) => context.Emit(new Transpose(op.X) { Perm = [1, 0] });
    }

    private sealed class OnlyOnce : RewriteRule<Gelu>
    {
        public override Value? Apply(Gelu op, RewriteContext context) => context.HasSingleUse(op.X)
            ? context.Emit(new Silu2(op.X).AsTanh())
            : context.Reject(op, "its operand has other users");

        private sealed record Silu2(Value X)
        {
            public Gelu AsTanh() => new(X) { Tanh = true };
        }
    }

    [Fact]
    public void Laws_that_undo_each_other_are_named()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Run(new Swap()));
        Assert.Equal("TSR0500", error.Code);
        Assert.Contains("swap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Laws_that_grow_what_they_match_are_named()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Run(new Grow()));
        Assert.Contains("TSR0502", error.Message, StringComparison.Ordinal);
        Assert.Contains("grow", error.Message, StringComparison.Ordinal);
    }

    // A transpose goes past all of them in one sweep: what takes a value's place has its users.
    [Fact]
    public void Transposes_sink_through_as_many_ops_as_there_are()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n, m]");
        Value y = g.Transpose(x, [1, 0]);
        for (int i = 0; i < 300; i++)
        {
            y = i % 2 == 0 ? g.Tanh(y) : g.Neg(y);
        }

        Graph graph = new() { Name = "chain", Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", y)] };
        Graph after = PassRunner.Run(graph, [Pipelines.Canonicalize], new PassContext());
        Assert.IsType<Transpose>(after.Outputs[0].Value.Op);
        Assert.Single(after.PostOrder().OfType<Transpose>());
    }

    [Fact]
    public void Laws_that_change_a_type_are_named()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => Run(new WrongType()));
        Assert.Contains("the rule wrong-type replaces gelu of f32[n, 3] by f32[3, n]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Crash_leaves_a_reproducer_that_runs()
    {
        string directory = Directory.CreateTempSubdirectory("tessera").FullName;
        PassContext context = new(new PassOptions { ReproDirectory = directory, Verify = true });
        Assert.Throws<TesseraException>(() => PassRunner.Run(Sample(), [new RewritePass(new Swap()), Pipelines.Canonicalize], context));
        string text = File.ReadAllText(Assert.Single(Directory.GetFiles(directory, "*.repro.ir")));
        Assert.StartsWith("// run: swap,canonicalize\n", text, StringComparison.Ordinal);
        Assert.Equal(Printer.Print(Sample()), Printer.Print(Parser.Parse(text)));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Replay_catches_a_wrong_law_and_names_the_site()
    {
        PassContext context = new(new PassOptions { RecordRewrites = true });
        Graph before = Sample();
        PassRunner.Run(before, [new RewritePass(new Wrong())], context);
        TesseraException error = Assert.Throws<TesseraException>(() => SiteReplay.RequireRewrites(before, context.Rewrites, new ReplayOptions(Testing.Tolerances.For)));
        Assert.Equal("TSR0511", error.Code);
        Assert.Equal("wrong at gelu (m.ir:3)", error.Place);
    }

    [Fact]
    public void Values_keep_the_place_of_what_they_replace()
    {
        PassContext context = new();
        Graph after = PassRunner.Run(Sample(), [new RewritePass(new WrongTanh())], context);
        Assert.Equal(new SourceLocation("", "m.ir", 3), after.PostOrder().OfType<Gelu>().Single().Outputs[0].Source);
    }

    [Fact]
    public void Near_misses_of_rules_that_never_fired_are_kept()
    {
        PassContext context = new();
        PassRunner.Run(Sample(), [new RewritePass(new OnlyOnce())], context);
        Assert.Equal("only-once at gelu (m.ir:3): its operand has other users", Assert.Single(context.NearestMisses).ToString());
    }

    [Fact]
    public void Stop_after_ends_the_pipeline_and_print_after_prints()
    {
        StringWriter log = new();
        PassContext context = new(new PassOptions { StopAfter = "canonicalize", PrintAfter = "all", TimePasses = true, Log = log });
        PassRunner.Run(Sample(), [Pipelines.Canonicalize, new RewritePass(new Swap())], context);
        Assert.Single(context.Reports);
        Assert.Contains("// after canonicalize\ngraph \"g\"", log.ToString(), StringComparison.Ordinal);
        Assert.Contains(" ops", log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("canonicalise", null)]
    [InlineData(null, "fuse-gelu")]
    public void Pass_that_is_not_run_cannot_be_stopped_after_or_printed(string? stop, string? print)
    {
        PassContext context = new(new PassOptions { StopAfter = stop, PrintAfter = print });
        TesseraException error = Assert.Throws<TesseraException>(() => PassRunner.Run(Sample(), [Pipelines.Canonicalize, new RewritePass(new Swap())], context));
        Assert.Equal(("TSR0509", "They are canonicalize, swap."), (error.Code, error.Hint));
        Assert.Contains($"'{stop ?? print}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reproducer_that_cannot_be_written_does_not_hide_the_failure()
    {
        string file = Path.GetTempFileName();
        PassContext context = new(new PassOptions { ReproDirectory = Path.Combine(file, "below"), Verify = true });
        TesseraException error = Assert.Throws<TesseraException>(() => PassRunner.Run(Sample(), [new RewritePass(new Swap())], context));
        Assert.Equal("TSR0500", error.Code);
        Assert.Contains("the pass swap failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("could not be kept", error.Hint, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public void Shared_parts_are_rewritten_once()
    {
        // 60 doublings: a driver that walked paths rather than ops would never finish.
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value y = x;
        for (int i = 0; i < 60; i++)
        {
            y = g.Add(g.Gelu(y), y);
        }

        PassContext context = new();
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", y)] };
        PassRunner.Run(graph, [new RewritePass(new WrongTanh())], context);
        Assert.Equal(60, context.Firings["wrong-tanh"]);
    }

    [Fact]
    public void Deep_graphs_are_rewritten_without_recursion()
    {
        GraphBuilder g = new();
        Value x = g.In("x", "f32[n]");
        Value y = x;
        for (int i = 0; i < 20_000; i++)
        {
            y = g.Add(g.Constant(TensorContent.Scalar(1f)), y);
        }

        PassContext context = new(new PassOptions { Verify = false });
        Graph graph = new() { Name = "g", Builder = g, Inputs = [x], Outputs = [new("y", y)] };
        PassRunner.Run(graph, [Pipelines.Canonicalize], context);
        Assert.Equal(20_000, context.Firings["constants-right"]);
    }

    private sealed class WrongTanh : RewriteRule<Gelu>
    {
        public override Value? Apply(Gelu op, RewriteContext context) => op.Tanh ? null : context.Emit(op with { Tanh = true });
    }

    private static Graph Run(RewriteRule rule) =>
        PassRunner.Run(Sample(), [new RewritePass(rule)], new PassContext(new PassOptions { Verify = true }));

    private static Graph Sample() => Parser.Parse(
        "graph \"g\" {\n  input %x: f32[n, 3]\n  %0 = gelu %x\n  %1 = add %x, %0\n  output \"y\" = %1\n}\n", "m.ir");
}
