using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>
/// Multi-head attention with separate projections: self-attention <c>x[n, dim] → [n, dim]</c>, or cross-attention from
/// <c>x[n, dim]</c> to <c>context[m, context_dim]</c>. Options: fewer key heads (arXiv 2305.13245), RMS norms on queries and
/// keys (arXiv 2302.05442), rotary positions, relative bias.
/// </summary>
/// <param name="dim">Width of x.</param>
/// <param name="heads">Query heads.</param>
/// <param name="kvHeads">Key heads, a divisor of <paramref name="heads"/>; 0 for as many.</param>
/// <param name="headDim">Size of a head; 0 for dim / heads.</param>
/// <param name="contextDim">Width of the context; 0 for <paramref name="dim"/>.</param>
/// <param name="bias">Whether the projections have biases.</param>
/// <param name="qkNorm">Whether queries and keys are normalised head by head.</param>
/// <param name="options">Causality, window, softcap.</param>
/// <param name="rotary">Rotates queries and keys by their positions; self-attention only.</param>
/// <param name="relativeBias">Adds a bias by distance.</param>
[Module]
public sealed partial class MultiHeadAttention(
    int dim, int heads, int kvHeads = 0, int headDim = 0, int contextDim = 0, bool bias = true, bool qkNorm = false,
    AttentionOptions? options = null, RotaryAngles? rotary = null, RelativeBias? relativeBias = null)
{
    public Linear QProj { get; } = new(dim, heads * Size(dim, heads, headDim), bias);

    public Linear KProj { get; } = new(Or(contextDim, dim), Or(kvHeads, heads) * Size(dim, heads, headDim), bias);

    public Linear VProj { get; } = new(Or(contextDim, dim), Or(kvHeads, heads) * Size(dim, heads, headDim), bias);

    public Linear OutProj { get; } = new(heads * Size(dim, heads, headDim), dim, bias);

    public RmsNorm? QNorm { get; } = qkNorm ? new(Size(dim, heads, headDim)) : null;

    public RmsNorm? KNorm { get; } = qkNorm ? new(Size(dim, heads, headDim)) : null;

    public RotaryAngles? Rotary { get; } = rotary;

    public RelativeBias? RelativeBias { get; } = relativeBias;

    public Tensor Forward(Tensor x) => Forward(x, x);

    public Tensor Forward(Tensor x, Tensor context)
    {
        Tensor q = Heads(x, QProj, heads, QNorm);
        Tensor k = Heads(context, KProj, Or(kvHeads, heads), KNorm);
        Tensor v = Heads(context, VProj, Or(kvHeads, heads), null);
        if (Rotary is not null)
        {
            if (!ReferenceEquals(x.Value, context.Value))
            {
                throw new Ir.TesseraException(
                    "TSR0606", x.Tracer.Scope, "rotary positions are those of one sequence; queries and keys come from two.", "Leave rotary out of cross-attention.");
            }

            (Tensor cos, Tensor sin) = Rotary.Apply(Arange(x, x.Shape[0]));
            q = Rotate(q, cos.To(q.DType), sin.To(q.DType));
            k = Rotate(k, cos.To(k.DType), sin.To(k.DType));
        }

        return Attention(q, k, v, options, RelativeBias?.Apply(x)).MergeHeads().Apply(OutProj);
    }

    private static Tensor Heads(Tensor x, Linear projection, int count, RmsNorm? norm)
    {
        Tensor split = x.Apply(projection).SplitHeads(count)[0];
        return norm is null ? split : split.Apply(norm);
    }

    private static int Or(int value, int otherwise) => value == 0 ? otherwise : value;

    private static int Size(int dim, int heads, int headDim) =>
        headDim != 0 && heads > 0 ? headDim : FusedSelfAttention.HeadSize(nameof(MultiHeadAttention), dim, heads);
}
