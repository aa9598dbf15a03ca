using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tessera.Generators.Sessions;
using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests;

public sealed class SessionGeneratorTests
{
    private const string Model = """
        using Layers;
        using Tessera.Nn;

        namespace Models;

        /// <summary>A model.</summary>
        [Module, Ragged("n")]
        public sealed partial class Vit(int dim = 8)
        {
            public Linear Proj { get; } = new(dim, dim);

            [return: Output("f32[{dim}]", "Logits"), Output("i64[2 * n]", "Ids")]
            public (Tensor Logits, Tensor Ids, Tensor? Aux) Forward(
                [Input("f32[n, {dim}]")] Tensor patches, [Input("i64[4, n + 1]")] Tensor positions, [Input("bool[max(2, 3)]")] Tensor @class)
                => (patches.Apply(Proj), positions, null);
        }

        internal sealed partial class Outer
        {
            [Module]
            internal sealed partial class Inner
            {
                public Tensor Forward([Input("f32[]")] Tensor x) => x;
            }
        }
        """;

    private const string Services = """
        namespace Microsoft.Extensions.DependencyInjection
        {
            public interface IServiceCollection { }
            public static class ServiceCollectionServiceExtensions
            {
                public static IServiceCollection AddSingleton<T>(this IServiceCollection services, System.Func<System.IServiceProvider, T> make) where T : class => services;
            }
        }
        """;

    [Theory]
    [InlineData("single")]
    [InlineData("dense")]
    [InlineData("padded")]
    [InlineData("packed")]
    public void A_module_gets_a_session_of_its_form(string batch) =>
        GoldenFile.Check($"Session.{batch}", Clean(new($"Vit,Vit,{batch},f16,models%2Fapp%2FVit.onnx,true"))["Models.VitSession.g.cs"]);

    [Fact]
    public void A_file_gets_a_session_from_its_signature()
    {
        const string Text = "input\tonnx::Gemm_0\tf32[batch, 3, ?, \"a, b\"]\ninput\tinto\tstring[n]\noptional\tscale\tf64[]\ninput\tclass\tbf16[*]\n"
            + "output\tout<a>\\tb\tu8[batch, floordiv(h, 2)]\noutput\tResult\tstring[n]\noutput\tbuffers\tf32[n]\ninput\ta\u2028b\tf32[n]\noutput\tresult\ti64[*]\r\n";
        GoldenFile.Check("Session.file", Clean(new("4-x,a%2Cb%2F4-x.onnx,single,f32,models%2Fapp%2F4-x.onnx,true", ("4-x", Text)))["App._4XSession.g.cs"]);
    }

    [Fact]
    public void Empty_values_are_those_that_the_tool_takes() => Assert.Equal(
        Clean(new("Vit,Vit,single,f32,m.onnx,true"))["Models.VitSession.g.cs"], Clean(new("Vit,Vit,,,m.onnx,true"))["Models.VitSession.g.cs"]);

    [Fact]
    public void Names_of_models_are_escaped_in_documentation() =>
        Assert.Contains("<c>a&amp;b</c>", Clean(new("a%26b,m.onnx,single,f32,m.onnx,true", ("a&b", "input\tx\tf32[n]\n")))["App.ABSession.g.cs"], StringComparison.Ordinal);

    [Fact]
    public void A_container_gets_an_extension()
    {
        var files = Clean(new("Vit,Models.Vit,dense,f32,models/Vit.onnx,true"), Services);
        GoldenFile.Check("Session.services", files["Models.VitSession.Services.g.cs"]);
    }

    [Fact]
    public void A_nested_module_gets_an_internal_session()
    {
        foreach (string include in (string[])["Inner", "Models.Outer.Inner", "Models.Outer%2BInner"])
        {
            Assert.Contains("internal sealed partial class InnerSession", Clean(new($"Inner,{include},single,f32,m.onnx,true"))["Models.InnerSession.g.cs"], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Vit,Vit,single,f32,m.onnx,FALSE")]
    [InlineData("")]
    [InlineData("of another version")]
    [InlineData("late,late.onnx,single,f32,m.onnx,true")]
    public void What_asks_for_none_or_is_not_there_yet_gets_none(string models)
    {
        var (files, said, _) = new SessionProject(models).Run(Compiled.Create(Model));
        Assert.Empty(said);
        Assert.DoesNotContain(files.Keys, static k => k.Contains("Session", StringComparison.Ordinal));
    }

    [Fact]
    public void A_module_that_is_not_there_is_an_error_that_lists_those_that_are() => Assert.Equal(
        ["TSR1050: OnnxModel 'Vitt': no entry module of this project has this name; it has Models.Outer.Inner, Models.Vit"],
        new SessionProject("Vitt,Vitt,single,f32,m.onnx,true").Run(Compiled.Create(Model)).Said);

    [Fact]
    public void A_module_of_the_library_gets_a_session_in_the_project()
    {
        Compilation library = new SessionProject("").Run(Compiled.Create(Model)).Compilation;
        CSharpCompilation app = Compiled.Using(library, "public sealed class Vat;");
        string item = "Vit,Vit,packed,f16,models%2Fapp%2FVit.onnx,true";
        string own = Clean(new(item))["Models.VitSession.g.cs"];
        var (files, said, compilation) = new SessionProject(item).Run(app);
        Assert.Empty(said);
        Assert.DoesNotContain(compilation.GetDiagnostics(), static d => d.Severity == DiagnosticSeverity.Error);
        Assert.Equal(own.Replace("namespace Models;", "namespace App;", StringComparison.Ordinal), files["App.VitSession.g.cs"]);

        // Its internal ones are not the project's to compile, and its own names come first.
        Assert.Equal(
            ["TSR1050: OnnxModel 'Inner': no entry module of this project has this name; it has none; Tessera.Nn has Models.Vit"],
            new SessionProject("Inner,Inner,single,f32,m.onnx,true").Run(app).Said);
        app = app.AddSyntaxTrees(Compiled.Parse("namespace Mine; [Tessera.Nn.Module] public sealed partial class Vit { public Tessera.Nn.Tensor Forward([Tessera.Nn.Input(\"f32[]\")] Tessera.Nn.Tensor x) => x; }", "Vit.cs"));
        Assert.Contains("Mine.VitSession.g.cs", new SessionProject(item).Run(app).Files.Keys);
    }

    [Theory]
    [InlineData("My.App-1", "My.App_1")]
    [InlineData("4.class", "_4.@class")]
    [InlineData("", "")]
    public void Any_text_becomes_a_namespace(string text, string name)
    {
        string session = Clean(new SessionProject("m,m.onnx,single,f32,m.onnx,true", ("m", "input\tx\tf32[n]\n")) { RootNamespace = text })[name.Length > 0 ? $"{name.Replace("@", "", StringComparison.Ordinal)}.MSession.g.cs" : "MSession.g.cs"];
        Assert.Equal(name.Length > 0, session.Contains($"namespace {name};", StringComparison.Ordinal));
    }

    [Fact]
    public void A_module_that_declares_no_inputs_is_an_error() => Assert.Equal(
        ["TSR1050: OnnxModel 'Plain': the module is no entry module; put [Input(\"f32[n, 768]\")] on each parameter of its Forward"],
        new SessionProject("Plain,Plain,single,f32,m.onnx,true").Run(Compiled.Create(Model).AddSyntaxTrees(Compiled.Parse(
            "namespace Models; [Tessera.Nn.Module] public sealed partial class Plain { public Tessera.Nn.Tensor Forward(Tessera.Nn.Tensor x) => x; }", "Plain.cs"))).Said);

    [Fact]
    public void Sessions_of_one_name_are_told()
    {
        var (files, said, _) = new SessionProject("a-b,Vit,single,f32,1.onnx,true|a_b,Vit,dense,f32,2.onnx,true").Run(Compiled.Create(Model));
        Assert.Equal(["TSR1051: OnnxModel 'Vit' gets no session: its class Models.ABSession is that of 'a-b'; give one of them another Name; open it by ModelSession, or write Session=\"false\""], said);
        Assert.Contains("Models.ABSession.g.cs", files.Keys);
    }

    [Theory]
    [InlineData("input\ts\tseq<f32[*]>\n", "'s' is seq<f32[*]>")]
    [InlineData("output\ty\tu4[n]\n", "'y' is u4")]
    public void Types_that_no_session_has_are_told(string signature, string what) => Assert.Contains(
        what,
        Assert.Single(new SessionProject("m,m.onnx,single,f32,m.onnx,true", ("m", signature)).Run(Compiled.Create(Model)).Said),
        StringComparison.Ordinal);

    [Fact]
    public void Without_the_runtime_there_are_none()
    {
        var alone = Compiled.Create(Model);
        alone = alone.WithReferences(alone.References.Where(static r => r.Display?.EndsWith("Tessera.Runtime.dll", StringComparison.Ordinal) != true));
        Assert.DoesNotContain(new SessionProject("Vit,Vit,single,f32,m.onnx,true").Run(alone).Files.Keys, static k => k.Contains("Session", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("// only a comment", "Other.cs")]
    [InlineData("public static class Unrelated { }", "Other.cs")]
    [InlineData(null, "Model.cs")]
    public void An_edit_elsewhere_runs_nothing_again(string? added, string path)
    {
        Compilation first = Compiled.Create(Model);
        GeneratorDriver driver = new SessionProject("Vit,Vit,packed,f32,m.onnx,true|f,f.onnx,single,f32,f.onnx,true", ("f", "input\tx\tf32[n]\n")).Driver().RunGenerators(first);
        Compilation second = added is not null ? first.AddSyntaxTrees(Compiled.Parse(added, path))
            : first.ReplaceSyntaxTree(first.SyntaxTrees.Single(t => t.FilePath == path), Compiled.Parse(Model.Replace("namespace Models;", "// moved\n\nnamespace Models;", StringComparison.Ordinal), path));
        GeneratorRunResult result = driver.RunGenerators(second).GetRunResult().Results[1];
        foreach (string step in SessionGenerator.Steps)
        {
            Assert.All(result.TrackedSteps[step].SelectMany(static s => s.Outputs), o => Assert.True(o.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {o.Reason}"));
        }

        Assert.All(result.TrackedOutputSteps.SelectMany(static s => s.Value).SelectMany(static s => s.Outputs), static o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    [Theory]
    [InlineData("ppocr_rec-v4", "PpocrRecV4", "ppocrRecV4")]
    [InlineData("onnx::Gemm_0", "OnnxGemm0", "onnxGemm0")]
    [InlineData("NaViT", "NaViT", "naViT")]
    [InlineData("QKV", "QKV", "qkv")]
    [InlineData("class", "Class", "@class")]
    [InlineData("3d", "_3d", "_3d")]
    [InlineData("größe", "Größe", "größe")]
    [InlineData("::", "_", "_")]
    public void Any_text_becomes_a_name(string text, string member, string parameter)
    {
        string session = Clean(new("m,m.onnx,single,f32,m.onnx,true", ("m", $"input\t{text}\tf32[n]\noutput\t{text}\tf32[n]\n")))["App.MSession.g.cs"];
        Assert.Contains($"SessionInput<float> {parameter}, ", session, StringComparison.Ordinal);
        Assert.Contains($"SessionOutput<float> {member} => ", session, StringComparison.Ordinal);
    }

    // It compiles without a warning, documentation included.
    private static Dictionary<string, string> Clean(SessionProject project, string? more = null)
    {
        Compilation source = Compiled.Create(Model);
        var (files, said, compilation) = project.Run(more is null ? source : source.AddSyntaxTrees(Compiled.Parse(more, "More.cs")));
        Assert.Empty(said);
        Assert.Empty(compilation.GetDiagnostics().Where(static d => d.Severity >= DiagnosticSeverity.Warning && d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) != false));
        return files;
    }
}
