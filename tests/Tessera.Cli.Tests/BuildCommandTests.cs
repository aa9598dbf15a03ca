using Tessera.Cli.Build;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Nn.Weights;
using Tessera.Onnx;
using Xunit;

namespace Tessera.Cli.Tests;

public sealed class BuildCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Models_are_written_and_left_alone_when_nothing_has_changed()
    {
        string[] models = [Module("a", nameof(Encoder), "batch=packed"), Module("b", nameof(Encoder), "preset=wide")];
        ToolRun first = Run(models);
        Assert.Equal((0, ""), (first.Exit, first.Error));
        Assert.StartsWith("Tessera: 2 models, 2 compiled", first.Output, StringComparison.Ordinal);
        using (OnnxModel packed = OnnxModel.Load(_folder["a.onnx"]))
        {
            Assert.Equal(2, packed.Graph.Inputs.Count);
        }

        DateTime written = File.GetLastWriteTimeUtc(_folder["a.onnx"]);
        Assert.StartsWith("Tessera: 2 models, 0 compiled", Run(models).Output, StringComparison.Ordinal);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["a.onnx"]));
    }

    [Theory]
    [InlineData("batch=dense")]
    [InlineData("preset=wide")]
    [InlineData("dtype=f16")]
    [InlineData("seed=3")]
    [InlineData("target=portable")]
    [InlineData("opset=21")]
    [InlineData("externaldata=true")]
    [InlineData("maxnodes=500")]
    public void A_model_is_compiled_again_when_an_option_changes(string option)
    {
        string other = Module("other", nameof(Encoder));
        Run(Module("a", nameof(Encoder)), other);
        Assert.StartsWith("Tessera: 2 models, 1 compiled", Run(Module("a", nameof(Encoder), option), other).Output, StringComparison.Ordinal);
        Assert.Equal(option == "externaldata=true", File.Exists(_folder["a.onnx.data"]));
    }

    [Fact]
    public void A_model_that_is_gone_or_was_cut_off_is_compiled_again()
    {
        Run(Module("a", nameof(Encoder)));
        File.Delete(_folder["a.onnx"]);
        Assert.StartsWith("Tessera: 1 models, 1 compiled", Run(Module("a", nameof(Encoder))).Output, StringComparison.Ordinal);
        File.Delete(_folder["a.onnx.key"]);
        Assert.StartsWith("Tessera: 1 models, 1 compiled", Run(Module("a", nameof(Encoder))).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_a_file_are_part_of_the_key()
    {
        string weights = _folder["w.safetensors"];
        SafetensorsWriter.Write(weights, Seeded(1));
        Assert.StartsWith("Tessera: 1 models, 1 compiled", Run(Module("a", nameof(Encoder), $"weights={weights}")).Output, StringComparison.Ordinal);
        Assert.Equal([weights], File.ReadAllLines(_folder["models.request.files"]));
        Assert.StartsWith("Tessera: 1 models, 0 compiled", Run(Module("a", nameof(Encoder), $"weights={weights}")).Output, StringComparison.Ordinal);
        SafetensorsWriter.Write(weights, Seeded(2));
        Assert.StartsWith("Tessera: 1 models, 1 compiled", Run(Module("a", nameof(Encoder), $"weights={weights}")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_beside_a_model_is_part_of_its_key()
    {
        SaveOptions outside = new() { ExternalAbove = -1, SmallestExternal = 0, DataFileName = "in.data" };
        foreach (int seed in new[] { 1, 2 })
        {
            ModelCompiler.Compile(new Encoder(), new CompileOptions { Seed = seed, Emit = new EmitOptions { Save = outside } }).Save(_folder["in.onnx"]);
            string[] model = [Model("a", _folder["in.onnx"], "optimize=true")];
            Assert.StartsWith("Tessera: 1 models, 1 compiled", Run(model).Output, StringComparison.Ordinal);
            Assert.Equal([_folder["in.data"]], File.ReadAllLines(_folder["models.request.files"]));
            Assert.StartsWith("Tessera: 1 models, 0 compiled", Run(model).Output, StringComparison.Ordinal);
        }

        Assert.Contains("error TSR1229", Run(Model("b", _folder["in.onnx"])).Output, StringComparison.Ordinal);
        ModelCompiler.Compile(new Encoder(), new CompileOptions()).Save(_folder["one.onnx"]);
        Assert.Contains("error TSR1229", Run(Model("b", _folder["one.onnx"], "externaldata=true")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_optimised_or_taken_as_it_is()
    {
        ModelCompiler.Compile(new Encoder(), new CompileOptions { Optimize = false, Emit = new EmitOptions { Target = EmitTarget.Portable } }).Save(_folder["in.onnx"]);
        Assert.Equal(0, Run(Model("fast", _folder["in.onnx"], "optimize=true"), Model("same", _folder["in.onnx"])).Exit);
        Assert.Equal(File.ReadAllBytes(_folder["in.onnx"]), File.ReadAllBytes(_folder["same.onnx"]));
        using OnnxModel original = OnnxModel.Load(_folder["in.onnx"]);
        using OnnxModel fast = OnnxModel.Load(_folder["fast.onnx"]);
        Assert.True(fast.Nodes < original.Nodes);
    }

    [Fact]
    public void A_shape_error_names_file_and_line_as_build_tools_read_them()
    {
        ToolRun run = Run(Module("a", nameof(Misfit)), Module("b", nameof(Encoder)));
        Assert.Equal(2, run.Exit);
        Assert.Matches(@"^.+TestModules\.cs\(\d+\): error TSR\d{4}: .*\n", run.Output);
        Assert.Contains("2 models, 1 compiled, 1 failed", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["a.onnx"]));
        Assert.True(File.Exists(_folder["b.onnx"]));
    }

    [Theory]
    [InlineData("requirefusion=fuse-attention:99", "error TSR0971")]
    [InlineData("requirefusion=fuse-nothing", "error TSR0970")]
    [InlineData("requirefusion=fuse-attention:none", "error TSR1225")]
    [InlineData("requirefusion=pack", "error TSR1227")]
    [InlineData("maxnodes=3", "error TSR1226")]
    [InlineData("batch=stacked", "error TSR1224")]
    [InlineData("batch=3", "error TSR1224")]
    [InlineData("dtype=f8", "error TSR1224")]
    [InlineData("opset=young", "error TSR1224")]
    [InlineData("verify=perhaps", "error TSR1224")]
    [InlineData("tolerance=-1", "error TSR1224")]
    [InlineData("shade=blue", "error TSR1222")]
    [InlineData("no key", "error TSR1222")]
    [InlineData("preset=narrow", "error TSR1205")]
    [InlineData("weights=none.safetensors", "error TSR")]
    public void What_cannot_be_done_is_told_and_nothing_is_written(string option, string error)
    {
        ToolRun run = Run(Module("a", nameof(Encoder), option));
        Assert.Equal(2, run.Exit);
        Assert.Contains(error, run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["a.onnx"]));
    }

    [Theory]
    [InlineData("batch=packed", "requirefusion=pack;fuse-silu")]
    [InlineData("maxnodes=200", "tolerance=1e-3")]
    public void Gates_that_are_met_hold_nothing_back(params string[] options) =>
        Assert.Equal(0, Run(Module("a", nameof(Encoder), options)).Exit);

    [Fact]
    public void A_difference_beyond_the_tolerance_is_told_with_its_place()
    {
        CompiledModel[] models = [.. new[] { 1, 2 }.Select(static seed => ModelCompiler.Compile(new Encoder(), new CompileOptions { Seed = seed }))];
        ModelRequest request = new() { Name = "a", Include = nameof(Encoder), Output = _folder["a.onnx"], Gates = new Gates { Tolerance = 1e-3 } };
        request.Gates.Compare(request, models[0].ToBytes(), models[0].ToBytes(), models[0].Graph);
        TesseraException error = Assert.Throws<TesseraException>(() => request.Gates.Compare(request, models[0].ToBytes(), models[1].ToBytes(), models[0].Graph));
        Assert.Equal("TSR1228", error.Code);
        Assert.Contains("output 'tokens'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_models_of_one_name_are_refused()
    {
        ToolRun run = Run(Module("a", nameof(Encoder)), Module("A", nameof(Misfit)));
        Assert.Equal(2, run.Exit);
        Assert.Contains("error TSR1223: a: 2 models have this name", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a|b")]
    [InlineData("a/../b")]
    [InlineData("a?")]
    public void A_name_that_is_no_name_of_a_file_is_refused(string name)
    {
        ToolRun run = Run($"[model]\nname={name}\ninclude={nameof(Encoder)}\noutput={_folder["a.onnx"]}");
        Assert.Equal(2, run.Exit);
        Assert.Contains($"error TSR1232: {name}: ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_module_is_told_beside_those_there_are()
    {
        ToolRun run = Run(Module("a", "Decoder"));
        Assert.Equal(2, run.Exit);
        Assert.Contains("Decoder : error TSR1203", run.Output, StringComparison.Ordinal);
        Assert.Contains(nameof(Encoder), run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_bytes_come_from_another_folder()
    {
        Run(Module("a", nameof(Encoder), "batch=packed"));
        byte[] here = File.ReadAllBytes(_folder["a.onnx"]);
        using TempFolder other = new();
        ToolRun run = Run(Model("a", nameof(Encoder), "batch=packed").Replace(_folder.Root, other.Root, StringComparison.Ordinal));
        Assert.Equal(0, run.Exit);
        Assert.Equal(here, File.ReadAllBytes(other["a.onnx"]));
    }

    [Fact]
    public void An_output_that_a_session_would_take_for_another_type_is_told()
    {
        ToolRun run = Run(Module("a", nameof(Undeclared), "session=true"), Module("b", nameof(Undeclared)), Module("c", nameof(Declared), "session=true"));
        Assert.Equal(2, run.Exit);
        Assert.Matches(@"TestModules\.cs\(\d+\): error TSR1231: .*output 'best' of Undeclared is i64\[n, 6\], and its session takes it for f32.*Output\(""i64\[n, 6\]""\)", run.Output);
        Assert.Contains("3 models, 2 compiled, 1 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Interfaces_of_files_are_written_and_left_alone_when_nothing_has_changed()
    {
        ModelCompiler.Compile(new Declared(), new CompileOptions { Batch = Batching.Dense }).Save(_folder["in.onnx"]);
        string model = Model("a", _folder["in.onnx"], $"signature={_folder["a.tessera-signature"]}");
        ToolRun run = Signatures(model, Module("b", nameof(Encoder)), Model("c", _folder["in.onnx"]));
        Assert.Equal(0, run.Exit);
        Assert.StartsWith("Tessera: 1 signatures", run.Output, StringComparison.Ordinal);
        Assert.Equal("input\tx\tf32[batch, n, 4]\noutput\tscores\tf32[batch, n, 6]\noutput\tbest\ti64[batch, n, 6]\n", File.ReadAllText(_folder["a.tessera-signature"]));
        DateTime written = File.GetLastWriteTimeUtc(_folder["a.tessera-signature"]);
        Signatures(model);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_folder["a.tessera-signature"]));
    }

    [Fact]
    public void A_file_that_is_packed_has_the_interface_of_the_packed_model()
    {
        OnnxEmitter.Emit(Parser.Parse(PackTests.Padded), new EmitOptions { Opset = 17, Target = EmitTarget.Portable }).Save(_folder["in.onnx"]);
        File.WriteAllText(_folder["none.onnx"], "this is no model");
        ToolRun run = Signatures(
            Model("a", _folder["in.onnx"], "batch=packed", "mask=mask", $"signature={_folder["a.tessera-signature"]}"),
            Model("b", _folder["none.onnx"], $"signature={_folder["b.tessera-signature"]}"),
            Model("c", _folder["in.onnx"], "batch=dense", $"signature={_folder["c.tessera-signature"]}"));
        Assert.Equal(2, run.Exit);
        Assert.Equal(
            "input\tx\tf32[total_sequence, 4]\ninput\tcu_seqlens_sequence\ti32[batch + 1]\noutput\ttokens\tf32[total_sequence, 2]\noutput\tmean\tf32[batch, 4]\n",
            File.ReadAllText(_folder["a.tessera-signature"]));
        Assert.Contains("none.onnx : error TSR", run.Output, StringComparison.Ordinal);
        Assert.Contains("in.onnx : error TSR1224", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 signatures, 2 failed", run.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["b.tessera-signature"]));
    }

    private static WeightSet Seeded(long seed) => WeightSet.FromSeed(ModelCompiler.Slots(new Encoder(), DType.F32), seed);

    private string Module(string name, string type, params string[] options) => Model(name, type, options);

    private string Model(string name, string include, params string[] options) =>
        string.Join('\n', ["[model]", $"name={name}", $"include={include}", $"output={_folder[name + ".onnx"]}", .. options]);

    private ToolRun Run(params string[] models)
    {
        File.WriteAllLines(_folder["models.request"], [$"assembly={ToolRun.Assembly}", .. models]);
        return ToolRun.Of("build", _folder["models.request"]);
    }

    private ToolRun Signatures(params string[] models)
    {
        File.WriteAllLines(_folder["files.request"], models);
        return ToolRun.Of("signatures", _folder["files.request"]);
    }
}
