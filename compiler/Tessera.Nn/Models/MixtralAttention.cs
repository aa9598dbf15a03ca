using Tessera.Nn.Layers;
using static Tessera.Nn.Functional;

namespace Tessera.Nn.Models;

/// <summary>Causal attention with shared key heads and rotary positions, under the names of Mixtral's files: <c>x[n, dim] → [n, dim]</c>.</summary>
[Module]
public sealed partial class MixtralAttention(MixtralConfig config)
{
    public Linear QProj { get; } = new(config.Dim, config.Heads * Size(config), bias: false);

    public Linear KProj { get; } = new(config.Dim, config.KvHeads * Size(config), bias: false);

    public Linear VProj { get; } = new(config.Dim, config.KvHeads * Size(config), bias: false);

    public Linear OProj { get; } = new(config.Heads * Size(config), config.Dim, bias: false);

    public RotaryAngles Rotary { get; } = new(Size(config), config.Theta);

    public Tensor Forward(Tensor x)
    {
        (Tensor cos, Tensor sin) = Rotary.Apply(Arange(x, x.Shape[0]));
        (cos, sin) = (cos.To(x.DType), sin.To(x.DType));
        Tensor q = Rotate(x.Apply(QProj).SplitHeads(config.Heads)[0], cos, sin);
        Tensor k = Rotate(x.Apply(KProj).SplitHeads(config.KvHeads)[0], cos, sin);
        Tensor v = x.Apply(VProj).SplitHeads(config.KvHeads)[0];
        return Attention(q, k, v, new AttentionOptions { Causal = true, WindowLeft = config.Window }).MergeHeads().Apply(OProj);
    }

    private static int Size(MixtralConfig config) => config.HeadSize == 0 ? config.Dim / config.Heads : config.HeadSize;
}
