using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>What is written: the same bytes every time, and in bf16 (which ONNX Runtime's CPU provider cannot run) a model that reads back.</summary>
public class EmissionTests
{
    public static TheoryData<string, Batching> Forms() => FormsAgreeTests.Forms();

    [Theory]
    [MemberData(nameof(Forms))]
    public void Compiling_twice_gives_the_same_bytes(string name, Batching form) =>
        Assert.Equal(Compile(name, form, DType.F32).ToBytes(), Compile(name, form, DType.F32).ToBytes());

    [Theory]
    [MemberData(nameof(Forms))]
    public void Graphs_in_bf16_are_written_read_back_and_verified(string name, Batching form)
    {
        CompiledModel model = Compile(name, form, DType.BF16);
        Graph read = OnnxReader.Read(model.ToBytes());
        Verifier.Verify(read);
        Assert.Equal(Outputs(model.Graph), Outputs(read));
        Assert.Equal(model.Graph.Inputs.Select(static v => v.Type.ToString()), read.Inputs.Select(static v => v.Type.ToString()));
        Assert.Contains(read.Outputs, static o => o.Value.DType == DType.BF16);
        Assert.Contains(read.Weights.Values, static w => w.DType == DType.BF16);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_written_reads_back_to_the_graph_it_was(string name, Batching form)
    {
        CompiledModel model = Compile(name, form, DType.F32);
        Graph read = OnnxReader.Read(model.ToBytes());
        Assert.Equal(WithoutNames(model.Emitted.Graph, Printer.Print(model.Emitted.Graph)), WithoutNames(read, Printer.Print(read)));
    }

    private static string Outputs(Graph graph) => WithoutNames(graph, string.Join('\n', graph.Outputs.Select(static o => $"{o.Name}: {o.Value.Type}")));

    // A file does not name sizes that only a run knows, nor says which of them are one: they are compared as such only.
    private static string WithoutNames(Graph graph, string text)
    {
        HashSet<string> ofInputs = [.. graph.Inputs.SelectMany(static v => IrTypes.Symbols(v.Type))];
        IEnumerable<string> others = graph.PostOrder().SelectMany(static op => op.Outputs).SelectMany(static v => IrTypes.Symbols(v.Type)).Where(s => !ofInputs.Contains(s)).Distinct();
        return others.Aggregate(text, static (t, name) => t.Replace($"\"{name}\"", "?", StringComparison.Ordinal).Replace(name, "?", StringComparison.Ordinal));
    }

    private static CompiledModel Compile(string name, Batching form, DType dtype) =>
        ModelCompiler.Compile(TestModels.Make(name), new CompileOptions { Batch = form, DType = dtype, Seed = 3 });
}
