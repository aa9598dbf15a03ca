extern alias gpu;

using System.Text.Json;
using gpu::Tessera.Gpu.Bench;
using gpu::Tessera.Gpu.Devices;
using gpu::Tessera.Gpu.Models;
using gpu::Tessera.Gpu.Rows;
using Tessera.Ir;
using Xunit;
using GpuProgram = gpu::Tessera.Gpu.GpuProgram;

namespace Tessera.Compiler.Tests;

/// <summary>What is to run on a GPU, run on the CPU: every op has its cases, every case its row, and a row is there as soon as it is known.</summary>
public sealed class GpuProgramTests : IDisposable
{
    private static readonly string[] s_ops = ["GroupedMlp", "PackedAttention", "Route", "SegmentExpand", "SegmentReduce", "SegmentSoftmax", "SparseTopK"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_op_is_held_against_the_reference()
    {
        JsonElement[] rows = Run("parity", "--device", "cpu", "--quick");
        Assert.Equal(s_ops, rows.Select(static r => r.GetProperty("what").GetString()!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(rows, static r => Assert.True(r.TryGetProperty("largest", out JsonElement largest) && largest.GetDouble() <= r.GetProperty("tolerance").GetDouble(), r.ToString()));
        foreach (string op in s_ops)
        {
            Assert.Contains(rows, r => r.GetProperty("what").GetString() == op && r.TryGetProperty("neighbours", out JsonElement apart) && apart.GetString() == "apart");
        }

        Assert.Equal(rows.Length, rows.Select(static r => $"{r.GetProperty("what")} {r.GetProperty("case")}").Distinct().Count());
    }

    [Fact]
    public void One_op_alone_is_asked_for_by_its_name() =>
        Assert.Equal(["SegmentSoftmax"], Run("parity", "--device", "cpu", "--quick", "--op", "SegmentSoftmax").Select(static r => r.GetProperty("what").GetString()).Distinct());

    [Fact]
    public void Whole_models_are_right_and_say_where_their_nodes_ran()
    {
        JsonElement[] all = Run("models", "--device", "cpu", "--quick");
        JsonElement[] rows = [.. all.Where(static r => r.GetProperty("program").GetString() == "models")];
        Assert.Equal(["navit-b16", "navit-b16", "v-moe-b16", "v-moe-b16"], rows.Select(static r => r.GetProperty("what").GetString()));
        foreach (JsonElement row in rows)
        {
            string name = row.GetProperty("case").GetString()!;
            Assert.InRange(row.GetProperty("largest").GetDouble(), double.Epsilon, row.GetProperty("tolerance").GetDouble());
            Assert.Equal((0, 0), (row.GetProperty("nodes_device").GetInt32(), row.GetProperty("copies").GetInt32()));
            Assert.True(row.GetProperty("nodes_cpu").GetInt32() > 50, name);
            Assert.Contains("PackedAttention", row.GetProperty("cpu_ops").GetString(), StringComparison.Ordinal);
            bool hasExperts = row.GetProperty("what").GetString() == "v-moe-b16";
            Assert.Equal(hasExperts, row.GetProperty("cpu_ops").GetString()!.Contains("GroupedMlp 2, ", StringComparison.Ordinal));
            Assert.Equal(hasExperts, row.TryGetProperty("rerouted", out _));
            JsonElement timed = Assert.Single(all, r => r.GetProperty("program").GetString() == "bench" && r.GetProperty("case").GetString() == name);
            Assert.True(timed.GetProperty("images_s").GetDouble() > 0);
        }
    }

    [Fact]
    public void One_model_alone_is_asked_for_by_its_name() =>
        Assert.Equal(["v-moe-b16"], Run("models", "--device", "cpu", "--quick", "--model", "v-moe-b16").Where(static r => r.GetProperty("program").GetString() == "models").Select(static r => r.GetProperty("what").GetString()).Distinct());

    [Fact]
    public void Function_bodies_of_a_whole_model_agree_with_the_kernels()
    {
        using HostDevice device = new();
        using (RowWriter rows = new(_folder["rows.jsonl"], TextWriter.Null))
        {
            foreach (ModelCase c in ModelCase.All(only: null, quick: true).Where(static c => c.Type == DType.F32))
            {
                ModelRun run = new(c, device, quick: true);
                Assert.False(run.Row().Failed);
                new BenchRun(ModelBench.Case(c, run), device, c.Type, new BenchAsk(null, OursAlone: false, Quick: true)).Write(rows);
            }
        }

        JsonElement[] bodies = [.. Read().Where(static r => r.GetProperty("side").GetString() == "function body")];
        Assert.Equal(2, bodies.Length);
        Assert.All(bodies, static r => Assert.InRange(r.GetProperty("difference").GetDouble(), 0, 1e-5));
        Assert.All(bodies, static r => Assert.True(r.GetProperty("ratio").GetDouble() > 0));
    }

    [Fact]
    public void Ways_are_timed_in_turn_and_agree()
    {
        JsonElement[] rows = Run("bench", "--device", "cpu", "--quick");
        Assert.Equal(["floor", "attention", "experts", "layer", "segments"], rows.Select(static r => r.GetProperty("what").GetString()).Distinct());
        foreach (IGrouping<string, JsonElement> c in rows.GroupBy(static r => r.GetProperty("case").GetString()!).Where(static g => g.First().GetProperty("what").GetString() != "floor"))
        {
            Assert.Contains(c, static r => r.GetProperty("side").GetString() == "tessera" && r.GetProperty("us").GetDouble() > 0);
            JsonElement body = Assert.Single(c, static r => r.GetProperty("side").GetString() == "function body");
            Assert.InRange(body.GetProperty("difference").GetDouble(), 0, 1e-5);
            Assert.True(body.GetProperty("ratio_low").GetDouble() <= body.GetProperty("ratio_high").GetDouble());
        }

        // ONNX Runtime's experts multiply the same numbers, and so does its padded attention once padding is taken off.
        Assert.All(rows.Where(static r => r.GetProperty("side").GetString() is "ORT MoE" or "ORT MultiHeadAttention, padded"), static r => Assert.InRange(r.GetProperty("difference").GetDouble(), 0, 1e-5));
        Assert.All(rows.Where(static r => r.GetProperty("side").GetString() == "ORT PackedMultiHeadAttention"), static r => Assert.True(r.TryGetProperty("refused", out _)));
    }

    [Fact]
    public void Rows_of_several_files_become_one_table()
    {
        File.WriteAllText(_folder["ours.jsonl"], """
            {"program":"bench","what":"attention","case":"images","side":"tessera","us":10,"low":9,"high":11,"tflops":300}
            {"program":"bench","what":"attention","case":"images","side":"function body","us":40,"low":39,"high":41,"ratio":4.1,"ratio_low":4,"ratio_high":4.2}
            {"program":"bench","what":"attention","case":"images","side":"ORT PackedMultiHeadAttention","refused":"none"}
            {"program":"bench","what":"attent
            """);
        File.WriteAllText(_folder["torch.jsonl"], """{"program":"bench","what":"attention","case":"images","side":"torch varlen_attn","us":8,"low":7,"high":9}""");
        using StringWriter output = new(), error = new();
        Assert.Equal(0, GpuProgram.Run(["table", _folder["ours.jsonl"], _folder["torch.jsonl"]], output, error));
        string[] lines = [.. output.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Skip(3)];
        Assert.Equal(
        [
            "| images | tessera | 10 (9 … 11) |  | 300 |  |  |",
            "| images | function body | 40 (39 … 41) |  |  | 4.1 (4 … 4.2) |  |",
            "| images | torch varlen_attn | 8 (7 … 9) |  |  | 0.8, apart |  |",
        ], lines);
        Assert.Equal(2, GpuProgram.Run(["table", _folder["none.jsonl"]], output, error));
    }

    [Fact]
    public void The_smoke_test_has_three_rows() => Assert.Equal(3, Run("smoke", "--device", "cpu").Length);

    [SkippableFact]
    public void Without_a_driver_nothing_runs_and_that_is_said()
    {
        Skip.If(System.Runtime.InteropServices.NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out _), "there is a CUDA driver");
        using StringWriter output = new(), error = new();
        Assert.Equal(2, GpuProgram.Run(["smoke"], output, error));
        Assert.Equal("nothing could be run on cuda:0: there is no CUDA driver here.", error.ToString().Trim());
    }

    private JsonElement[] Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int exit = GpuProgram.Run([.. arguments, "--json", _folder["rows.jsonl"]], output, error);
        Assert.True(exit == 0, $"{error}{output}");
        return Read();
    }

    private JsonElement[] Read() =>
    [
        .. File.ReadLines(_folder["rows.jsonl"]).Select(static line =>
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }),
    ];
}
