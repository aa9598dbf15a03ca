using Tessera.Nn.Layers;
using Tessera.Nn.Models;
using Xunit;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Weight names are what PyTorch users would expect, and part of the contract: files hold them.</summary>
public class WeightNameTests
{
    private const string Attention = "q_proj.weight q_proj.bias k_proj.weight k_proj.bias v_proj.weight v_proj.bias out_proj.weight out_proj.bias";

    private const string MlpNames = "mlp.fc1.weight mlp.fc1.bias mlp.fc2.weight mlp.fc2.bias";

    public static TheoryData<string, Func<Module>, string> Cases() => new()
    {
        { "linear", static () => new Linear(4, 4), "weight bias" },
        { "linear without bias", static () => new Linear(4, 4, bias: false), "weight" },
        { "embedding", static () => new Embedding(4, 4), "weight" },
        { "layer norm", static () => new LayerNorm(4), "weight bias" },
        { "rms norm", static () => new RmsNorm(4), "weight" },
        { "mlp", static () => new Mlp(4, 4), "fc1.weight fc1.bias fc2.weight fc2.bias" },
        { "gated mlp", static () => new GatedMlp(4, 4), "gate_proj.weight up_proj.weight down_proj.weight" },
        { "patches", static () => new PatchEmbed(3, 4, 2), "weight bias" },
        { "tubelets", static () => new TubeletEmbed(3, 4, 2, 2), "weight bias" },
        { "class token", static () => new ClassToken(4), "token" },
        { "learned positions", static () => new LearnedPositions(4, 4), "weight" },
        { "sinusoidal positions", static () => new SinusoidalPositions(4), "" },
        { "factorised positions", static () => new FactorizedPositions(4, 4), "y.weight x.weight" },
        { "relative bias", static () => new RelativeBias(2), "weight" },
        { "convolution", static () => new Conv2d(4, 4, 3), "weight bias" },
        { "convolution without bias", static () => new Conv1d(4, 4, 3, bias: false), "weight" },
        { "transposed convolution", static () => new ConvTranspose3d(4, 4, 3), "weight bias" },
        { "pools", static () => new MaxPool(2), "" },
        { "batch norm", static () => new BatchNorm(4), "weight bias running_mean running_var num_batches_tracked" },
        { "batch norm without gain", static () => new BatchNorm(4, affine: false), "running_mean running_var num_batches_tracked" },
        { "group norm", static () => new GroupNorm(2, 4), "weight bias" },
        { "instance norm", static () => new InstanceNorm(4), "" },
        { "instance norm with gain", static () => new InstanceNorm(4, affine: true), "weight bias" },
        { "lstm", static () => new Lstm(4, 4), "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0" },
        {
            "lstm both ways",
            static () => new Lstm(4, 4, layers: 2, bidirectional: true, bias: false),
            "weight_ih_l0 weight_hh_l0 weight_ih_l0_reverse weight_hh_l0_reverse weight_ih_l1 weight_hh_l1 weight_ih_l1_reverse weight_hh_l1_reverse"
        },
        { "gru", static () => new Gru(4, 4, bidirectional: true), "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0 weight_ih_l0_reverse weight_hh_l0_reverse bias_ih_l0_reverse bias_hh_l0_reverse" },
        { "rnn", static () => new Rnn(4, 4), "weight_ih_l0 weight_hh_l0 bias_ih_l0 bias_hh_l0" },
        { "rotary", static () => new RotaryAngles(4), "" },
        { "dropout", static () => new Dropout(), "" },
        { "attention", static () => new MultiHeadAttention(4, 2), Attention },
        {
            "attention with all options",
            static () => new MultiHeadAttention(4, 2, qkNorm: true, rotary: new RotaryAngles(2), relativeBias: new RelativeBias(2)),
            $"{Attention} q_norm.weight k_norm.weight relative_bias.weight"
        },
        { "pool", static () => new AttentionPool(4, 2, 4), $"probe {string.Join(' ', Attention.Split(' ').Select(static n => $"attention.{n}"))} norm.weight norm.bias {MlpNames}" },
        { "parallel block", static () => new ParallelBlock(4, 2, 4), $"norm.weight qkv.weight q_norm.weight k_norm.weight proj.weight proj.bias {MlpNames}" },
        { "block", static () => new TransformerBlock(4, 2, 4), $"norm1.weight norm1.bias qkv.weight qkv.bias proj.weight proj.bias norm2.weight norm2.bias {MlpNames}" },
        { "router", static () => new Router(4, 2, Routers.Mixtral()), "weight" },
        { "router with biases", static () => new Router(4, 2, Routers.DeepSeekV3(1, 1, 1), bias: true), "weight bias e_score_correction_bias" },
        { "experts", static () => Mixture(new ExpertList(4, 2, 4)), $"gate.weight {Each("experts.0.w1 experts.0.w2 experts.1.w1 experts.1.w2", "weight bias")}" },
        {
            "gated experts",
            static () => Mixture(new ExpertList(4, 2, 4, ExpertOptions.SwiGlu, ExpertNames.Projections), new GatedMlp(4, 4)),
            $"gate.weight {Each("experts.0 experts.1 shared_experts", "gate_proj.weight down_proj.weight up_proj.weight").Replace(
                "shared_experts.down_proj.weight shared_experts.up_proj.weight", "shared_experts.up_proj.weight shared_experts.down_proj.weight", StringComparison.Ordinal)}"
        },
        { "stack of experts", static () => Mixture(new StackedExperts(4, 2, 4)), "gate.weight experts.w1 experts.w1_bias experts.w2 experts.w2_bias" },
        {
            "stack of gated experts",
            static () => Mixture(new StackedExperts(4, 2, 4, new ExpertOptions { Gate = Tessera.Ir.Ops.ExpertGate.Interleaved }, ExpertNames.Joined)),
            "gate.weight experts.gate_up_proj experts.down_proj"
        },
        { "soft mixture", static () => new SoftMoE(4, 1, new StackedExperts(4, 2, 4, ExpertOptions.SwiGlu)), "phi scale experts.w1 experts.w2 experts.w3" },
        { "soft mixture of raw products", static () => new SoftMoE(4, 1, new StackedExperts(4, 2, 4, ExpertOptions.SwiGlu), normalize: false), "phi experts.w1 experts.w2 experts.w3" },
        {
            "v-moe block",
            static () => new VMoeBlock(4, 2, 4, Mixture(new ExpertList(4, 2, 4, names: ExpertNames.Layers))),
            $"norm1.weight norm1.bias qkv.weight qkv.bias proj.weight proj.bias norm2.weight norm2.bias moe.gate.weight {Each("moe.experts.0.fc1 moe.experts.0.fc2 moe.experts.1.fc1 moe.experts.1.fc2", "weight bias")}"
        },
        { "v-moe block without experts", static () => new VMoeBlock(4, 2, 4), $"norm1.weight norm1.bias qkv.weight qkv.bias proj.weight proj.bias norm2.weight norm2.bias {MlpNames}" },
        {
            "mixtral",
            static () => new Mixtral(new MixtralConfig(4, 1, 2, 1, 4, 2, 8)),
            $"model.embed_tokens.weight {Each("model.layers.0", $"input_layernorm.weight {Each("self_attn", "q_proj.weight k_proj.weight v_proj.weight o_proj.weight")} post_attention_layernorm.weight block_sparse_moe.gate.weight {Each("block_sparse_moe.experts.0 block_sparse_moe.experts.1", "w1.weight w2.weight w3.weight")}")} model.norm.weight lm_head.weight"
        },
        {
            "vit",
            static () => new ViT(new ViTConfig(4, 1, 2, 4, 16)),
            $"pos_embed patch_embed.weight patch_embed.bias cls.token {string.Join(' ', ($"norm1.weight norm1.bias qkv.weight qkv.bias proj.weight proj.bias norm2.weight norm2.bias {MlpNames}").Split(' ').Select(static n => $"blocks.0.{n}"))} norm.weight norm.bias head.weight head.bias"
        },
        {
            "navit block",
            static () => new NaViTBlock(4, 2, 4),
            "norm1.weight qkv.weight q_norm.weight k_norm.weight proj.weight norm2.weight mlp.fc1.weight mlp.fc2.weight"
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_are_named_as_PyTorch_would(string layer, Func<Module> make, string names)
    {
        Assert.NotEmpty(layer);
        Assert.Equal(names, string.Join(' ', ModuleTree.Parameters(make()).Select(static p => p.Path)));
    }

    private static MoE Mixture(Experts experts, ILayer? shared = null) => new(new Router(4, 2, Routers.Mixtral()), experts, shared);

    // Each name under each prefix.
    private static string Each(string prefixes, string names) =>
        string.Join(' ', prefixes.Split(' ').SelectMany(p => names.Split(' ').Select(n => $"{p}.{n}")));
}
