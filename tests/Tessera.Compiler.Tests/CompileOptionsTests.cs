using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Nn.Weights;
using Tessera.Passes;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>Options that cannot be followed are refused, and those that can reach where they are used.</summary>
public sealed class CompileOptionsTests
{
    private sealed record Crashing : IPass
    {
        public string Name => "crashing";

        public Graph Run(Graph graph, PassContext context) => throw new InvalidOperationException("the pass is broken");
    }

    public static TheoryData<string, CompileOptions> ForModulesAlone => new()
    {
        { nameof(CompileOptions.Weights), new CompileOptions { Weights = new WeightSet("w", []) } },
        { nameof(CompileOptions.Seed), new CompileOptions { Seed = 3 } },
        { nameof(CompileOptions.DType), new CompileOptions { DType = DType.F16 } },
    };

    [Theory]
    [MemberData(nameof(ForModulesAlone), DisableDiscoveryEnumeration = true)]
    public void Graph_refuses_what_only_a_module_can_follow(string option, CompileOptions options)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => ModelCompiler.Compile(Small(), options));
        Assert.Equal("TSR0902", error.Code);
        Assert.Contains($"the option {option} is for modules", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_compiles_with_the_other_options() =>
        Assert.Equal("f32[batch, n, 4]", ModelCompiler.Compile(Small(), new CompileOptions { Batch = Batching.Dense }).Graph.Inputs[0].Type.ToString());

    [Fact]
    public void Values_beside_the_enumerations_are_refused()
    {
        Assert.Equal("TSR0905", Assert.Throws<TesseraException>(() => ModelCompiler.Compile(Small(), new CompileOptions { Batch = (Batching)77 })).Code);
        CompileOptions target = new() { Emit = new Onnx.EmitOptions { Target = (Onnx.EmitTarget)9 } };
        Assert.Equal("TSR0905", Assert.Throws<TesseraException>(() => ModelCompiler.Compile(Small(), target)).Code);
    }

    [Fact]
    public void Pass_that_crashes_leaves_a_reproducer_where_the_options_say()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-repro-");
        Rewriting rewriting = new(new CompileOptions { ReproDirectory = folder.FullName });
        TesseraException error = Assert.Throws<TesseraException>(() => rewriting.Run(Small(), [new Stage(new Crashing())], "rewrite"));
        string file = Assert.Single(Directory.GetFiles(folder.FullName));
        Assert.Contains(file, error.Hint, StringComparison.Ordinal);
        Assert.StartsWith("// run: crashing", File.ReadAllText(file), StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static Graph Small() => Parser.Parse(
        """
        graph "small" {
          input %x: f32[n, 4]
          %0: f32[n, 4] = gelu %x
          output "y" = %0
        }
        """);
}
