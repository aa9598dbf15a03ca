using System.Diagnostics;
using Google.Protobuf;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Testing.Malformed;
using Xunit;

namespace Tessera.Cli.Tests;

/// <summary>Models on which ONNX Runtime ends the process that runs it.</summary>
public sealed class WatcherTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Div")]
    [InlineData("Mod")]
    public void Inputs_that_end_the_process_are_told_and_the_others_are_compared(string op)
    {
        string model = Write("m.onnx", Pair(op));
        Give("data/0-plain/x.npy", 7, 8);
        Give("data/0-plain/d.npy", 2, -1);
        Give("data/1-deadly/x.npy", 7, long.MinValue);
        Give("data/1-deadly/d.npy", 2, -1);
        ToolRun run = Tool("verify", model, model, "--data", _folder["data"]);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.StartsWith("same on 1 inputs", run.Output, StringComparison.Ordinal);
        Assert.Contains("not compared 1 inputs, which both models refuse: TSR0954 the original on inputs 1", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_only_the_other_survives_differs()
    {
        string deadly = Write("m.onnx", Pair("Div"));
        string other = Write("o.onnx", Pair("Sub"));
        Give("data/x.npy", 7, long.MinValue);
        Give("data/d.npy", 2, -1);
        ToolRun run = Tool("verify", other, deadly, "--data", _folder["data"]);
        Assert.Equal(3, run.Exit);
        Assert.Contains("only one of them runs: TSR0954 the other model on inputs 0", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_ends_the_process_while_it_is_opened_is_refused()
    {
        string model = Write("m.onnx", Pair("Div").With(static m =>
        {
            m.Graph.Input.Clear();
            m.Graph.Initializer.Add(new TensorProto { Name = "x", DataType = 7, Dims = { 2 }, Int64Data = { 1, long.MinValue } });
            m.Graph.Initializer.Add(new TensorProto { Name = "d", DataType = 7, Dims = { 2 }, Int64Data = { 1, -1 } });
        }));
        ToolRun run = Tool("verify", model, model);
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0953", run.Error, StringComparison.Ordinal);
        Assert.Contains("TSR0954 the original", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_test_that_ends_the_process_fails_alone()
    {
        foreach ((string name, long x) in (IEnumerable<(string, long)>)[("test_plain", 8), ("test_deadly", long.MinValue), ("test_later", 6)])
        {
            Write($"{name}/model.onnx", Pair("Div"));
            Give($"{name}/test_data_set_0/input_0.pb", 7, x);
            Give($"{name}/test_data_set_0/input_1.pb", 2, -1);
            Give($"{name}/test_data_set_0/output_0.pb", 3, unchecked(-x));
        }

        ToolRun run = Tool("conformance", _folder.Root);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Contains("imported 3/3, typed 3/3, evaluated 3/3", run.Output, StringComparison.Ordinal);
        Assert.Contains("re-emitted test_deadly: TSR0954", run.Output, StringComparison.Ordinal);
    }

    private static ModelProto Pair(string op) => Protos.Model(Protos.Node(op, "x d", "y")).With(static m =>
    {
        m.Graph.Input[0] = Protos.Info("x", DType.I64, 2);
        m.Graph.Input.Add(Protos.Info("d", DType.I64, 2));
    });

    private void Give(string name, params long[] values)
    {
        RefTensor tensor = RefTensor.Ints(DType.I64, [values.Length], values);
        Write(name, name.EndsWith(".npy", StringComparison.Ordinal) ? NpyFile.Write(tensor) : TensorValues.Proto(RefTensors.ToContent(tensor)).ToByteArray());
    }

    private string Write(string name, ModelProto model) => Write(name, model.ToByteArray());

    private string Write(string name, byte[] bytes)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static ToolRun Tool(params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "tessera.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolRun(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
