using System.Globalization;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Attention.</content>
public static partial class Functional
{
    /// <summary>
    /// Scaled dot-product attention over one example: <c>q[n, H, D], k[m, G, D], v[m, G, E] → [n, H, E]</c>, H a multiple of G.
    /// </summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="options">Scale, causality, window, softcap; null for none.</param>
    /// <param name="bias">Relative bias <c>[H, 2R + 1]</c>.</param>
    /// <param name="mask">Added to the logits, broadcast to <c>[H, n, m]</c>. It has no packed form.</param>
    public static Tensor Attention(Tensor q, Tensor k, Tensor v, AttentionOptions? options = null, Tensor? bias = null, Tensor? mask = null)
    {
        AttentionOptions o = options ?? AttentionOptions.Default;
        if (o.Scale is { } scale && new Real(scale).Value == 0)
        {
            throw new TesseraException("TSR0615", q.Tracer.Here().ToString(), string.Create(
                CultureInfo.InvariantCulture, $"a scale of {scale:R} makes all keys alike."), "Leave Scale null for 1/√D; use Mean where all keys shall count the same.");
        }

        return q.Emit(_ => new Attention(q.Value, k.Value, v.Value, bias?.Value, Mask: mask?.Value)
        {
            Scale = o.Scale ?? 0,
            Causal = o.Causal,
            WindowLeft = o.WindowLeft,
            WindowRight = o.WindowRight,
            Softcap = o.Softcap,
        });
    }

    /// <summary>Rotates pairs of features by angles: <c>x[n, H, D], cos, sin[n, R/2]</c> (arXiv 2104.09864).</summary>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin, bool interleaved = false) =>
        x.Emit(_ => new RotaryEmbedding(x.Value, cos.Value, sin.Value) { Interleaved = interleaved });
}
