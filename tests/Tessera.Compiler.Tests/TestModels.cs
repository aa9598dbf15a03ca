using Tessera.Nn;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;

namespace Tessera.Compiler.Tests;

/// <summary>Small models that between them use every layer with a ragged form.</summary>
internal static class TestModels
{
    private static readonly (string Name, Func<Module> Make)[] s_all =
    [
        ("navit", static () => NaViT()),
        ("navit fractional", static () => NaViT(fractional: true)),
        ("navit sinusoidal stacked", static () => NaViT(PositionKind.Sinusoidal, true, PositionCombine.Stack)),
        ("navit fourier product", static () => NaViT(PositionKind.Fourier, true, PositionCombine.Product)),
        ("parallel blocks", static () => new ParallelBlocks()),
        ("cross encoder", static () => new CrossEncoder()),
        ("class token", static () => new ClassTokenModel()),
        ("embedding", static () => new EmbeddingModel()),
        ("speech", static () => new SpeechModel()),
    ];

    private static readonly (string Name, Func<Module> Make)[] s_positions =
    [
        .. from kind in Enum.GetValues<PositionKind>()
           from fractional in (bool[])[false, true]
           from combine in Enum.GetValues<PositionCombine>()
           select ($"{kind} {(fractional ? "fractional" : "absolute")} {combine}".ToLowerInvariant(), (Func<Module>)(() => NaViT(kind, fractional, combine))),
    ];

    public static IEnumerable<string> Names => s_all.Select(static m => m.Name);

    /// <summary>NaViT with every embedding of positions.</summary>
    public static IEnumerable<string> PositionNames => s_positions.Select(static m => m.Name);

    public static Module Make(string name) => s_all.Concat(s_positions).First(m => m.Name == name).Make();

    public static NaViT NaViT(PositionKind kind = PositionKind.Learned, bool fractional = false, PositionCombine combine = PositionCombine.Sum) =>
        new(new NaViTConfig(16, 2, 2, 24, 2) { MaxSide = 8, Positions = kind, Fractional = fractional, Combine = combine, Classes = 3 });
}

/// <summary>A stack of ViT-22B's parallel blocks over tokens, one row for each.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class ParallelBlocks
{
    public ModuleList<ParallelBlock> Blocks { get; } = ModuleList.Repeat(2, static _ => new ParallelBlock(16, 2, 24));

    public Tensor Forward([Input("f32[n, 16]")] Tensor x)
    {
        foreach (ParallelBlock block in Blocks)
        {
            x = x.Apply(block);
        }

        return x;
    }
}

/// <summary>Queries of one length attend to a context of another: two ragged sizes in one model.</summary>
[Module]
[Ragged("n")]
[Ragged("m")]
[Where("n >= 1")]
[Where("m >= 1")]
public sealed partial class CrossEncoder
{
    public MultiHeadAttention Self { get; } = new(16, 4, kvHeads: 2, qkNorm: true, rotary: new RotaryAngles(4));

    public MultiHeadAttention Cross { get; } = new(16, 2, contextDim: 12, relativeBias: new RelativeBias(2, 8, 6));

    public LayerNorm Norm { get; } = new(16);

    public GatedMlp Mlp { get; } = new(16, 24);

    public Tensor Forward([Input("f32[n, 16]")] Tensor x, [Input("f32[m, 12]")] Tensor context)
    {
        x += x.Apply(Self);
        x += Cross.Apply(x.Apply(Norm), context);
        return x + x.Apply(Mlp);
    }
}

/// <summary>A class token, learned and sinusoidal positions, causal attention of bounded logits, and a mean over the tokens.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class ClassTokenModel
{
    public ClassToken Cls { get; } = new(16);

    public LearnedPositions Learned { get; } = new(64, 16);

    public SinusoidalPositions Waves { get; } = new(16);

    public TransformerBlock Block { get; } = new(16, 2, 24);

    public MultiHeadAttention Causal { get; } = new(16, 2, options: new AttentionOptions { Causal = true, WindowLeft = 3, Softcap = 2 });

    public Dropout Dropout { get; } = new(0.1);

    public (Tensor First, Tensor Mean, Tensor Tokens) Forward([Input("f32[n, 16]")] Tensor x)
    {
        Tensor y = x.Apply(Cls).Apply(Learned).Apply(Waves).Apply(Block);
        y += y.Apply(Causal).Apply(Dropout);
        return (y.Slice(0, 0, 1).Squeeze(0), Functional.Mean(y, axes: 0), y);
    }
}

/// <summary>Token ids to rows: an embedding.</summary>
[Module]
[Ragged("n")]
public sealed partial class EmbeddingModel
{
    public Embedding Words { get; } = new(10, 8);

    public RmsNorm Norm { get; } = new(8);

    public Tensor Forward([Input("i64[n]")] Tensor ids) => ids.Apply(Words).Apply(Norm);
}

/// <summary>The embeddings of absolute positions alone, up to 64 rows and columns.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class PositionModel(PositionKind kind)
{
    public FactorizedPositions Positions { get; } = new(16, 64, kind, fractional: false, PositionCombine.Stack);

    public PositionModel()
        : this(PositionKind.Fourier)
    {
    }

    public Tensor Forward([Input("i64[n]")] Tensor rows, [Input("i64[n]")] Tensor columns, [Input("i64[]")] Tensor height, [Input("i64[]")] Tensor width) =>
        Positions.Apply(rows, columns, height, width);
}
