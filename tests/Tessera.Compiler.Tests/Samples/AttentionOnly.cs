using Tessera.Nn;
using Tessera.Nn.Layers;

namespace Tessera.Compiler.Tests.Samples;

/// <summary>The attention of the README's graphs before and after.</summary>
[Module, Ragged("n"), Where("n >= 1")]
public sealed partial class AttentionOnly
{
    public Linear Qkv { get; } = new(64, 192, bias: false);

    public Tensor Forward([Input("f32[n, 64]")] Tensor x)
    {
        var (q, k, v) = x.Apply(Qkv).SplitHeads(4, 3);
        return Functional.Attention(q, k, v).MergeHeads();
    }
}
