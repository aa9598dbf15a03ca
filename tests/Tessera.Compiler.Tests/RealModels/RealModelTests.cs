using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Onnx.Proto;
using Tessera.Passes.Replay;
using Xunit;
using Files = Tessera.Testing.RealModels;

namespace Tessera.Compiler.Tests.RealModels;

/// <summary>Models of others with their real weights, through import and optimisation for each target.</summary>
public sealed class RealModelTests
{
    public static IEnumerable<object[]> Targets() => Files.Files.SelectMany(static f => Enum.GetValues<EmitTarget>().Select(t => new object[] { f, t }));

    public static IEnumerable<object[]> Models() => Files.Files.Select(static f => new object[] { f });

    [SkippableTheory]
    [MemberData(nameof(Targets))]
    public void Optimised_gives_the_same_with_fewer_nodes(string file, EmitTarget target)
    {
        string path = Files.Require(file);
        using OnnxModel model = OnnxModel.Load(path);
        CompiledModel optimised = model.Optimize(new OptimizeOptions { Target = target });
        Assert.True(optimised.Nodes < 0.8 * model.Nodes, $"{optimised.Nodes} nodes from {model.Nodes}");

        IReadOnlyList<ComparedCase> cases = ModelComparison.Run(File.ReadAllBytes(path), optimised.ToBytes(), Inputs(file, model.Graph), ModelComparison.Tolerance);
        Assert.All(cases, static c => Assert.Null(c.Difference));
        Assert.All(cases, static c => Assert.Null(c.Refused));
        Assert.True(cases.Count >= 4, $"{cases.Count} cases");
    }

    // What is left are ranks that depend on the number of samples: in the branch for more than one frame, the model itself fails.
    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Every_node_is_understood_but_where_ranks_depend_on_sizes(string file)
    {
        using OnnxModel model = OnnxModel.Load(Files.Require(file));
        int most = file.StartsWith("silero_vad_v", StringComparison.Ordinal) ? 8 : 0; // it may only shrink
        Assert.InRange(model.Notes.Carried.Count, 0, most);
    }

    [SkippableTheory]
    [InlineData("silero_vad_v5.onnx", "input=f32[1, 64]; state=f32[2, 1, 128]; sr=16000")]
    public void What_the_original_refuses_is_refused(string file, string inputs)
    {
        string path = Files.Require(file);
        using OnnxModel model = OnnxModel.Load(path);
        GeneratedInputs generated = new() { Cases = 1, Inputs = InputSpec.ParseAll(inputs) };
        ComparedCase result = Assert.Single(ModelComparison.Run(
            File.ReadAllBytes(path), model.Optimize().ToBytes(), generated.For(model.Graph), ModelComparison.Tolerance));
        Assert.Null(result.Difference);
        Assert.NotNull(result.Refused);
    }

    private static IReadOnlyList<InputCase> Inputs(string file, Graph graph)
    {
        string[] sizes = file switch
        {
            "ch_PP-OCRv4_det_infer.onnx" => ["x=f32[1, 3, 32, 64]", "x=f32[2, 3, 96, 32]"],
            "ch_PP-OCRv4_rec_infer.onnx" => ["x=f32[1, 3, 48, 32]", "x=f32[2, 3, 48, 100]"],
            "ch_ppocr_mobile_v2.0_cls_infer.onnx" => ["x=f32[1, 3, 48, 192]", "x=f32[3, 3, 48, 64]"],
            "silero_vad_legacy.onnx" => [.. Speech("input=f32[1, 512]; h=f32[2, 1, 64]; c=f32[2, 1, 64]"), .. Speech("input=f32[3, 1536]; h=f32[2, 3, 64]; c=f32[2, 3, 64]")],
            _ => [.. Speech("input=f32[1, 512]; state=f32[2, 1, 128]"), .. Speech("input=f32[1, 576]; state=f32[2, 1, 128]")],
        };
        // Pixels and samples lie about 1; logits of images a thousand times as bright cancel to nothing but rounding.
        return [.. sizes.SelectMany(s => new GeneratedInputs { Cases = 2, Kinds = [ValueKind.Plain, ValueKind.Small], Inputs = InputSpec.ParseAll(s) }.For(graph))];
    }

    private static string[] Speech(string sizes) => [$"{sizes}; sr=16000"];

    [SkippableTheory]
    [MemberData(nameof(Targets))]
    public void What_was_written_is_read_and_has_nothing_left_to_optimise(string file, EmitTarget target)
    {
        OptimizeOptions options = new() { Target = target, Opset = EmitOptions.DefaultOpset };
        using OnnxModel model = OnnxModel.Load(Files.Require(file));
        using TemporaryFolder folder = new();
        CompiledModel once = model.Optimize(options);
        once.Save(folder["once.onnx"]);
        using OnnxModel read = OnnxModel.Load(folder["once.onnx"]);
        CompiledModel twice = read.Optimize(options);
        Assert.Equal(Operators(once.Emitted.Model.Graph), Operators(twice.Emitted.Model.Graph));
    }

    // Sizes as numbers are written from whatever value has them first.
    private static string Operators(GraphProto graph) => string.Join(
        ", ", Nodes(graph).Where(static n => n.OpType is not ("Shape" or "Constant")).GroupBy(static n => $"{n.Domain}:{n.OpType}").OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => $"{g.Count()} {g.Key}"));

    private static IEnumerable<NodeProto> Nodes(GraphProto graph) =>
        graph.Node.Concat(graph.Node.SelectMany(static n => n.Attribute).Where(static a => a.G is not null).SelectMany(static a => Nodes(a.G)));
}
