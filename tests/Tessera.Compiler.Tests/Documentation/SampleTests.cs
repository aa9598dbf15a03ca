using Tessera.Compiler.Tests.Samples;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Ir.Text;
using Tessera.Onnx.Proto;
using Tessera.Runtime;
using Tessera.Testing;
using Xunit;

namespace Tessera.Compiler.Tests.Documentation;

/// <summary>What the samples of the pages do is what the pages say.</summary>
public class SampleTests
{
    [Fact]
    public void Layer_of_the_page_on_layers_is_its_formula_and_the_graph_it_shows()
    {
        Graph graph = ModelCompiler.Compile(new Scaled(), new CompileOptions { Optimize = false }).Single;
        Assert.Contains("```text\n" + Printer.Print(graph) + "```", Repository.Read("compiler", "docs", "write-a-layer.md"), StringComparison.Ordinal);

        RefTensor x = RefTensor.Floats(DType.F32, [2, 4], [1, 2, 3, 4, -1, -2, 0, 5]), gamma = RefTensor.Floats(DType.F32, [4], [0.5, -1, 2, 0]);
        RefTensor y = (RefTensor)Evaluator.Run(graph, new Dictionary<string, RefValue> { ["x"] = x }, new Dictionary<string, RefValue> { ["scale.gamma"] = gamma })[0];
        Assert.Equal([1.5, 0, 9, 4, -1.5, 0, 0, 5], y.F.ToArray());
    }

    [Fact]
    public void File_of_the_page_on_files_is_optimised_or_refused()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-page-");
        try
        {
            (string plain, string better) = (Path.Combine(folder.FullName, "plain.onnx"), Path.Combine(folder.FullName, "better.onnx"));
            ModelCompiler.Compile(new Encoder(), new CompileOptions { Optimize = false, Emit = new EmitOptions { Target = EmitTarget.Portable, Opset = 18 } }).Save(plain);
            Exception refused = Assert.ThrowsAny<Exception>(() => OptimizeFile.Write(plain, better, ("fuse-attention", 12)));
            Assert.Contains("TSR0971", refused.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(better));

            OptimizeFile.Write(plain, better, ("fuse-attention", 2));
            Assert.Equal(2, ModelProto.Parser.ParseFrom(File.ReadAllBytes(better)).Graph.Node.Count(static n => n.OpType is "Attention" or "MultiHeadAttention"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public void Session_of_the_page_on_deploying_is_opened_on_the_device_it_names()
    {
        Skip.If(Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "this build has the CUDA provider");
        using TemporaryFolder folder = new();
        ModelCompiler.Compile(new AttentionOnly(), new CompileOptions { Seed = 1 }).Save(folder["model.onnx"]);
        Assert.Equal("TSR0704", Assert.Throws<TesseraRuntimeException>(() => OpenOnDevice.Signature(folder["model.onnx"])).Code);
    }

    [Fact]
    public void Session_of_the_page_on_deploying_is_shared_by_threads()
    {
        string path = Path.Combine(Path.GetTempPath(), $"tessera-{Guid.NewGuid():N}.onnx");
        try
        {
            ModelCompiler.Compile(new Encoder(), new CompileOptions { Batch = Batching.Packed }).Save(path);
            using Recogniser recogniser = new(path);
            float[][][] given = [.. Enumerable.Range(1, 4).Select(static n => new[] { Image(n), Image(n + 1) })];
            float[][] alone = [.. given.Select(recogniser.Read)];
            float[][] together = new float[given.Length][];
            Parallel.For(0, given.Length, i => together[i] = recogniser.Read(given[i]));
            Assert.Equal(alone, together);
        }
        finally
        {
            File.Delete(path);
        }

        static float[] Image(int tokens) => [.. Enumerable.Range(0, tokens * 64).Select(static i => MathF.Sin(i))];
    }
}
