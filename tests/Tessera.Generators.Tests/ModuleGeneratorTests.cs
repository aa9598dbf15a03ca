using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests;

/// <summary>The whole text that is generated, held against golden files.</summary>
public sealed class ModuleGeneratorTests
{
    private const string Block = """
        using Layers;
        using Tessera.Nn;

        namespace Models;

        /// <summary>A block.</summary>
        [Module]
        public sealed partial class Block(int dim, int heads, bool gated = false)
        {
            public RmsNorm Norm1 { get; } = new(dim);
            public Linear Qkv { get; } = new(dim, 3 * dim, bias: false);
            public RmsNorm? QNorm { get; } = heads > 1 ? new(dim / heads) : null;
            public ILayer MlpIn { get; } = gated ? new Linear(dim, dim) : new RmsNorm(dim);
            [WeightName("mlp.fc2")]
            public Linear MlpOut { get; } = new(dim, dim);
            public Linear Alias => Qkv;

            /// <summary>One image of n patches.</summary>
            public Tensor Forward(Tensor x) => x + x.Apply(Norm1).Apply(Qkv);
        }
        """;

    private const string Encoder = """
        using Layers;
        using Tessera.Nn;

        namespace Models;

        [Module]
        public sealed partial class Layer(int dim)
        {
            public Linear Proj { get; } = new(dim, dim);

            public Tensor Forward(Tensor x, Tensor? context = null, float scale = 0.5f) => x;
        }

        [Module, Ragged("n"), Where("n >= 1"), Where("n % {patch * 2} == 0")]
        public sealed partial class Encoder(int dim, int depth, int patch)
        {
            private readonly Linear _embed = new(patch, dim);

            public Encoder() : this(64, 2, 16)
            {
            }

            public int Dim { get; } = dim;

            public Parameter ClsToken { get; } = new(dim);

            public ModuleList<Layer> Blocks { get; } = new([.. Enumerable.Range(0, depth).Select(_ => new Layer(dim))]);

            [Preset("B16")]
            public static Encoder B16() => new(768, 12, 16);

            [Preset("L14")]
            public static Encoder Large() => new(1024, 24, 14);

            public (Tensor Logits, Tensor LastHidden) Forward(
                [Input("f32[n, {dim}]")] Tensor pixels,
                [Input("i64[n + 1, {patch * patch}]")] Tensor positionIds,
                bool pooled = false)
                => (_embed.Apply(pixels), pixels);
        }
        """;

    [Fact]
    public void Block_gets_children_apply_and_text() => GoldenFile.Check("Block", Generated.From(Block)["Models.Block.g.cs"]);

    [Fact]
    public void Layer_with_optional_arguments_implements_ILayer_explicitly() =>
        GoldenFile.Check("Layer", Generated.From(Encoder)["Models.Layer.g.cs"]);

    [Fact]
    public void Entry_gets_signature_trace_and_presets() =>
        GoldenFile.Check("Encoder", Generated.From(Encoder)["Models.Encoder.g.cs"]);

    [Fact]
    public void Entries_are_listed_on_the_assembly() => GoldenFile.Check("ModuleEntries", Generated.From(Encoder)["ModuleEntries.g.cs"]);

    [Fact]
    public void Module_may_have_a_keyword_for_a_name() => Assert.Contains(
        "partial class @class",
        Generated.From("namespace @event; [Tessera.Nn.Module] public sealed partial class @class { public Tessera.Nn.Tensor Forward(Tessera.Nn.Tensor x) => x; }")["event.class.g.cs"],
        StringComparison.Ordinal);
}
