using System.Diagnostics;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class CompileCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("single", "x: f32[n, 8]", "tokens: f32[n, 8]; mean: f32[8]")]
    [InlineData("dense", "x: f32[batch, n, 8]", "tokens: f32[batch, n, 8]; mean: f32[batch, 8]")]
    [InlineData("padded", "x: f32[batch, n, 8]; lengths_n: i32[batch]", "tokens: f32[batch, n, 8]; mean: f32[batch, 8]")]
    [InlineData("packed", "x: f32[total_n, 8]; cu_seqlens_n: i32[batch + 1]", "tokens: f32[total_n, 8]; mean: f32[batch, 8]")]
    public void Compile_writes_every_batched_form(string batch, string inputs, string outputs)
    {
        ToolRun run = ToolRun.Compile(_folder["model.onnx"], "--batch", batch);
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Graph graph = Read(_folder["model.onnx"]);
        Assert.Equal(inputs, string.Join("; ", graph.Inputs.Select(static v => $"{((Input)v.Producer).Name}: {v.Type}")));
        Assert.Equal(outputs, string.Join("; ", graph.Outputs.Select(static o => $"{o.Name}: {o.Value.Type}")));
    }

    [Theory]
    [InlineData("portable", "")]
    [InlineData("tessera", "ai.tessera")]
    public void Target_decides_the_domains_of_the_model(string target, string domain)
    {
        Assert.Equal(0, ToolRun.Compile(_folder["model.onnx"], "--batch", "packed", "--target", target, "--opset", "21").Exit);
        using LoadedModel model = ModelFile.Load(_folder["model.onnx"]);
        Assert.Equal(21, model.Model.OpsetImport.Single(static o => o.Domain.Length == 0).Version);
        Assert.Equal(domain.Length > 0, model.Model.OpsetImport.Any(o => o.Domain == "ai.tessera"));
    }

    [Fact]
    public void Dtype_and_preset_shape_the_model()
    {
        Assert.Equal(0, ToolRun.Compile(_folder["model.onnx"], "--preset", "wide", "--dtype", "f16").Exit);
        Assert.Equal("f16[n, 16]", Read(_folder["model.onnx"]).Inputs[0].Type.ToString());
    }

    [Fact]
    public void Seed_decides_the_bytes()
    {
        byte[] Bytes(string seed)
        {
            Assert.Equal(0, ToolRun.Compile(_folder["model.onnx"], "--seed", seed).Exit);
            return File.ReadAllBytes(_folder["model.onnx"]);
        }

        byte[] one = Bytes("1");
        Assert.Equal(one, Bytes("1"));
        Assert.NotEqual(one, Bytes("2"));
    }

    [Fact]
    public void Two_processes_write_identical_bytes()
    {
        string[] files = [_folder["first.onnx"], _folder["second.onnx"]];
        foreach (string file in files)
        {
            string tool = Path.Combine(AppContext.BaseDirectory, "tessera.dll");
            ProcessStartInfo start = new("dotnet", [tool, "compile", ToolRun.Assembly, "--module", nameof(Encoder), "--batch", "packed", "-o", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.Equal((0, ""), (process.ExitCode, error));
            Assert.DoesNotContain('\u001b', output);
            Assert.StartsWith($"wrote {file}: ", output, StringComparison.Ordinal);
        }

        Assert.Equal(File.ReadAllBytes(files[0]), File.ReadAllBytes(files[1]));
    }

    [Fact]
    public void Verify_says_how_many_sites_were_replayed()
    {
        ToolRun run = ToolRun.Compile(_folder["model.onnx"], "--batch", "packed", "--verify");
        Assert.Equal(("", 0), (run.Error, run.Exit));
        Assert.Matches(@"verified [1-9]\d* rewritten sites on [1-9]\d* inputs", run.Output);
    }

    [Fact]
    public void Output_that_cannot_be_written_leaves_the_old_file()
    {
        File.WriteAllText(_folder["old.onnx"], "old");
        Assert.Equal(2, ToolRun.Compile(_folder["old.onnx"], "--module", nameof(Misfit)).Exit);
        Assert.Equal("old", File.ReadAllText(_folder["old.onnx"]));

        // A file where a folder should be.
        ToolRun run = ToolRun.Compile(Path.Combine(_folder["old.onnx"], "model.onnx"));
        Assert.Equal(2, run.Exit);
        Assert.Contains("TSR0431", run.Error, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(_folder["old.onnx"]));
        Assert.Equal([_folder["old.onnx"]], Directory.GetFileSystemEntries(_folder.Root));
    }

    private static Graph Read(string path)
    {
        using ExternalDataReader external = new(Path.GetDirectoryName(path)!);
        using LoadedModel loaded = ModelFile.Load(path);
        return OnnxReader.Read(loaded.Model, external, path);
    }
}
