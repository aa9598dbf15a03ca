using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Layers;
using Tessera.Nn.Weights;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Prefix tokens before the others, grouped heads of an odd size, the prefix dropped again. Examples may be empty.</summary>
[Module]
[Ragged("n")]
public sealed partial class PrefixModel
{
    public Tessera.Nn.Parameter Prefix { get; } = new([3, 8], Initializer.Normal(0, 1));

    public MultiHeadAttention Attention { get; } = new(8, 2, kvHeads: 1, headDim: 5);

    public Tensor Forward([Input("f32[n, 8]")] Tensor x)
    {
        Tensor y = Functional.Concat(0, Prefix.In(x), x);
        y += y.Apply(Attention);
        return y.Slice(0, 3, y.Shape[0]);
    }
}

/// <summary>Ragged tokens attend to a context of one size, and it to them.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class FixedContext
{
    public MultiHeadAttention Read { get; } = new(8, 2, contextDim: 6);

    public MultiHeadAttention Write { get; } = new(6, 2, contextDim: 8);

    public (Tensor Tokens, Tensor Slots) Forward([Input("f32[n, 8]")] Tensor x, [Input("f32[4, 6]")] Tensor context) =>
        (Read.Apply(x, context), Write.Apply(context, x));
}

/// <summary>The first half of a doubled sequence dropped: a slice whose start differs by example.</summary>
[Module]
[Ragged("n")]
public sealed partial class SecondHalf
{
    public Tensor Forward([Input("f32[n, 4]")] Tensor x)
    {
        Tensor y = Functional.Concat(0, x * 0.5, x);
        return y.Slice(0, x.Shape[0], y.Shape[0]) + x;
    }
}

/// <summary>Softmax over the tokens, heads in front of them.</summary>
[Module]
[Ragged("n")]
public sealed partial class TokenSoftmax
{
    public Tensor Forward([Input("f32[n, 6]")] Tensor x)
    {
        Tensor heads = x.SplitHeads(3)[0].Transpose(1, 0, 2);
        return Functional.Softmax(heads, 1).Transpose(1, 0, 2).MergeHeads() + Functional.LogSoftmax(x, 0);
    }
}

/// <summary>Two blocks, and attention whose scale is negative.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class FarthestFirst
{
    public ModuleList<TransformerBlock> Blocks { get; } = ModuleList.Repeat(2, static _ => new TransformerBlock(4, 1, 4));

    public MultiHeadAttention Attention { get; } = new(4, 2, options: new AttentionOptions { Scale = -0.7 });

    public Tensor Forward([Input("f32[n, 4]")] Tensor x)
    {
        foreach (TransformerBlock block in Blocks)
        {
            x = x.Apply(block);
        }

        return x.Apply(Attention);
    }
}

/// <summary>Scalars and vectors of an example, its first and last token, its largest, and a pooled one.</summary>
[Module]
[Ragged("n")]
[Where("n >= 1")]
public sealed partial class ScalarsAndPools
{
    public ClassToken Class { get; } = new(8);

    public AttentionPool Pool { get; } = new(8, 2, 12);

    public (Tensor Pooled, Tensor Last, Tensor Largest, Tensor Gated) Forward(
        [Input("f32[n, 8]")] Tensor x, [Input("f32[]")] Tensor scale, [Input("i64[]")] Tensor count)
    {
        Tensor y = (x * scale).Apply(Class);
        Dim n = y.Shape[0];
        Tensor last = y.Slice(0, n - 1, n).Squeeze(0) * count.To(x.DType);
        return (y.Apply(Pool), last, Functional.Max(y, axes: 0), Functional.Sigmoid(Functional.Mean(y, keepDims: true, axes: 0)) * y);
    }
}
