using Microsoft.CodeAnalysis;
using Tessera.Generators.Modules;
using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests;

/// <summary>An edit that changes no module costs nothing downstream of the model.</summary>
public sealed class ModuleIncrementalityTests
{
    private const string Model = """
        using Layers;
        using Tessera.Nn;
        namespace Models;
        [Module, Ragged("n")] public sealed partial class Vit(int dim = 8)
        {
            public Linear Proj { get; } = new(dim, dim);
            [Preset("B16")] public static Vit B16() => new(768);
            public Tensor Forward([Input("f32[n, {dim}]")] Tensor x) => x.Apply(Proj);
        }
        """;

    [Theory]
    [InlineData("public static class Unrelated { public static int One => 1; }")]
    [InlineData("// only a comment")]
    public void Unrelated_edit_leaves_every_step_cached(string added)
    {
        var result = RunTwice(static c => c, c => c.AddSyntaxTrees(Compiled.Parse(added, "Other.cs")));
        AssertAllCached(result);
    }

    [Fact]
    public void Edit_inside_a_Forward_body_leaves_every_step_cached() =>
        AssertAllCached(RunTwice(static c => c, c => Edit(c, "x.Apply(Proj)", "x + x.Apply(Proj)")));

    [Fact]
    public void Edit_above_a_module_leaves_every_step_cached() =>
        AssertAllCached(RunTwice(static c => c, c => Edit(c, "namespace Models;", "\n\n// moved down\nnamespace Models;")));

    [Fact]
    public void New_child_changes_that_module_and_not_the_entries()
    {
        var result = RunTwice(static c => c, c => Edit(c, "public Linear Proj", "public Linear Head { get; } = new(1, 1); public Linear Proj"));
        var reasons = Reasons(result, "Modules");
        Assert.Equal([IncrementalStepRunReason.Modified], reasons.Where(static r => !IsIdle(r)));
        Assert.Equal(3, reasons.Length);
        Assert.All(Reasons(result, "ModuleEntries"), static r => Assert.True(IsIdle(r), $"{r}"));
    }

    [Fact]
    public void Class_that_becomes_a_module_elsewhere_is_seen()
    {
        const string plain = "namespace Models { public sealed partial class Head { } }";
        var result = RunTwice(
            c => Edit(c, "public Linear Proj", "public Head Head { get; } = new(); public Linear Proj").AddSyntaxTrees(Compiled.Parse(plain, "Head.cs")),
            static c => Replace(c, "Head.cs", "namespace Models { [Tessera.Nn.Module] public sealed partial class Head { } }"));
        var text = result.GeneratedSources.Single(static s => s.HintName == "Models.Vit.g.cs").SourceText.ToString();
        Assert.Contains("new(\"head\", this.Head)", text, StringComparison.Ordinal);
    }

    private static GeneratorRunResult RunTwice(Func<Compilation, Compilation> prepare, Func<Compilation, Compilation> edit)
    {
        var first = prepare(Compiled.Create(Model));
        var driver = Compiled.Driver(new ModuleGenerator()).RunGenerators(first);
        return driver.RunGenerators(edit(first)).GetRunResult().Results.Single();
    }

    private static Compilation Edit(Compilation compilation, string before, string after)
    {
        var text = compilation.SyntaxTrees.Single(static t => t.FilePath == "Model.cs").ToString();
        Assert.Contains(before, text, StringComparison.Ordinal);
        return Replace(compilation, "Model.cs", text.Replace(before, after, StringComparison.Ordinal));
    }

    private static Compilation Replace(Compilation compilation, string path, string text) => compilation.ReplaceSyntaxTree(
        compilation.SyntaxTrees.Single(t => t.FilePath == path), Compiled.Parse(text, path));

    private static void AssertAllCached(GeneratorRunResult result)
    {
        foreach (var step in ModuleGenerator.Steps)
        {
            Assert.All(Reasons(result, step), r => Assert.True(IsIdle(r), $"{step}: {r}"));
        }

        var outputs = result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs).Select(static o => o.Reason).ToArray();
        Assert.NotEmpty(outputs);
        Assert.All(outputs, static r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    private static IncrementalStepRunReason[] Reasons(GeneratorRunResult result, string step)
    {
        var reasons = result.TrackedSteps[step].SelectMany(static s => s.Outputs).Select(static o => o.Reason).ToArray();
        Assert.NotEmpty(reasons);
        return reasons;
    }

    private static bool IsIdle(IncrementalStepRunReason reason) =>
        reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;
}
