using Tessera.Nn;
using Tessera.Nn.Layers;
using Tessera.Nn.Models;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>Every layer of the library.</summary>
internal static class LayerCases
{
    public static IReadOnlyList<LayerCase> All { get; } =
    [
        .. Tokens(), .. Attention(), .. Positions(), .. Channels(), .. Windows(), .. Images(), .. Recurrent(),
    ];

    private static IEnumerable<LayerCase> Tokens() =>
    [
        LayerCase.Of("linear", static () => new Linear(4, 3), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("mlp", static () => new Mlp(4, 6), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("gated mlp", static () => new GatedMlp(4, 6), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("layer norm", static () => new LayerNorm(4), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("rms norm", static () => new RmsNorm(4), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("dropout", static () => new Dropout(), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("embedding", static () => new Embedding(5, 4), static (l, x) => x[0].Apply(l), "i64[n]"),
        LayerCase.Of("class token", static () => new ClassToken(4), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
    ];

    private static IEnumerable<LayerCase> Attention() =>
    [
        LayerCase.Of("attention", static () => new MultiHeadAttention(8, 2), static (l, x) => x[0].Apply(l), "f32[n, 8]"),
        LayerCase.Of(
            "attention with all options",
            static () => new MultiHeadAttention(
                8, 4, kvHeads: 2, qkNorm: true, rotary: new RotaryAngles(2), relativeBias: new RelativeBias(4, 4, 3),
                options: new AttentionOptions { Causal = true, WindowLeft = 3, Softcap = 30 }),
            static (l, x) => x[0].Apply(l),
            "f32[n, 8]"),
        LayerCase.Of("cross attention", static () => new MultiHeadAttention(8, 2, contextDim: 6), static (l, x) => l.Apply(x[0], x[1]), "f32[n, 8]", "f32[m, 6]").From("m >= 1"),
        LayerCase.Of("attention pool", static () => new AttentionPool(8, 2, 6), static (l, x) => x[0].Apply(l), "f32[n, 8]").From("n >= 1"),
        LayerCase.Of("transformer block", static () => new TransformerBlock(8, 2, 6), static (l, x) => x[0].Apply(l), "f32[n, 8]"),
        LayerCase.Of("parallel block", static () => new ParallelBlock(8, 2, 6), static (l, x) => x[0].Apply(l), "f32[n, 8]"),
        LayerCase.Of("navit block", static () => new NaViTBlock(8, 2, 6), static (l, x) => x[0].Apply(l), "f32[n, 8]"),
        LayerCase.Of("relative bias", static () => new RelativeBias(2, 4, 3), static (l, x) => x[0].Apply(l), "f32[n, 8]"),
    ];

    private static IEnumerable<LayerCase> Positions() =>
    [
        LayerCase.Of("learned positions", static () => new LearnedPositions(400, 4), static (l, x) => x[0].Apply(l), "f32[n, 4]").From("n >= 1"),
        LayerCase.Of("sinusoidal positions", static () => new SinusoidalPositions(4), static (l, x) => x[0].Apply(l), "f32[n, 4]"),
        LayerCase.Of("rotary angles", static () => new RotaryAngles(4), static (l, x) => l.Apply(x[0]) is var (cos, sin) ? cos + sin : throw new InvalidOperationException(), "i64[n]"),
        LayerCase.Of("positions along an axis", static () => new AxisPositions(4, 8, PositionKind.Learned, false), static (l, x) => l.Apply(x[0], x[1]), "i64[n]", "i64[]"),
        LayerCase.Of("fractional positions along an axis", static () => new AxisPositions(4, 8, PositionKind.Fourier, true), static (l, x) => l.Apply(x[0], x[1]), "i64[n]", "i64[]"),
        LayerCase.Of("factorised positions", static () => new FactorizedPositions(4, 8), static (l, x) => l.Apply(x[0], x[1], x[2], x[3]), "i64[n]", "i64[n]", "i64[]", "i64[]"),
    ];

    private static IEnumerable<LayerCase> Channels() =>
    [
        LayerCase.Of("batch norm", static () => new BatchNorm(4), static (l, x) => x[0].Apply(l), "f32[4, n]"),
        LayerCase.Of("group norm", static () => new GroupNorm(2, 4), static (l, x) => x[0].Apply(l), "f32[4, n]").From("n >= 1"),
        LayerCase.Of("instance norm", static () => new InstanceNorm(4, affine: true), static (l, x) => x[0].Apply(l), "f32[4, n]").From("n >= 2"),
    ];

    private static IEnumerable<LayerCase> Windows() =>
    [
        LayerCase.Of("convolution in 1-D", static () => new Conv1d(3, 4, 3, padding: 1), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("strided convolution in 1-D", static () => new Conv1d(3, 4, 3, stride: 2, padding: 1), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("transposed convolution in 1-D", static () => new ConvTranspose1d(3, 4, 2, stride: 2), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("max pool", static () => new MaxPool(2), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 2"),
        LayerCase.Of("average pool", static () => new AvgPool(3, 1, 1, countPadding: false), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("adaptive average pool", static () => new AdaptiveAvgPool(1), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("adaptive max pool", static () => new AdaptiveMaxPool(1), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("global average pool", static () => new GlobalAvgPool(), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
        LayerCase.Of("global max pool", static () => new GlobalMaxPool(), static (l, x) => x[0].Apply(l), "f32[3, n]").From("n >= 1"),
    ];

    private static IEnumerable<LayerCase> Images() =>
    [
        LayerCase.Of("convolution in 2-D", static () => new Conv2d(2, 3, 3, padding: 1), static (l, x) => x[0].Apply(l), "f32[2, 3, n]").From("n >= 1"),
        LayerCase.Of("convolution in 3-D", static () => new Conv3d(2, 2, 2, padding: 1), static (l, x) => x[0].Apply(l), "f32[2, n, 2, 2]").From("n >= 1"),
        LayerCase.Of("transposed convolution in 2-D", static () => new ConvTranspose2d(2, 2, 2, stride: 2), static (l, x) => x[0].Apply(l), "f32[2, 3, n]").From("n >= 1"),
        LayerCase.Of("transposed convolution in 3-D", static () => new ConvTranspose3d(2, 2, 2), static (l, x) => x[0].Apply(l), "f32[2, n, 2, 2]").From("n >= 1"),
        LayerCase.Of("patches", static () => new PatchEmbed(2, 4, 2), static (l, x) => x[0].Apply(l), "f32[2, 2*n, 2]"),
        LayerCase.Of("tubelets", static () => new TubeletEmbed(2, 4, 2, 2), static (l, x) => x[0].Apply(l), "f32[2, 2*n, 2, 2]"),
    ];

    private static IEnumerable<LayerCase> Recurrent() =>
    [
        LayerCase.Of("lstm both ways", static () => new Lstm(3, 4, bidirectional: true), static (l, x) => l.Apply(x[0]), "f32[n, 3]").From("n >= 1"),
        LayerCase.Of("gru", static () => new Gru(3, 4, layers: 2), static (l, x) => l.Apply(x[0]), "f32[n, 3]").From("n >= 1"),
        LayerCase.Of("rnn", static () => new Rnn(3, 4), static (l, x) => l.Apply(x[0]), "f32[n, 3]").From("n >= 1"),
    ];
}
