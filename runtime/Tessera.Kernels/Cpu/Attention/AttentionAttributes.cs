using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>The attributes of a packed attention, as the node has them.</summary>
internal readonly record struct AttentionAttributes(float Scale, bool Causal, long WindowLeft, long WindowRight, float Softcap, float NormEpsilon)
{
    public static AttentionAttributes Read(KernelInfo info) => new(
        info.Float("scale", 0), info.Int("causal", 0) != 0, info.Int("window_left", -1), info.Int("window_right", -1), info.Float("softcap", 0), info.Float("norm_epsilon", 1e-6f));

    /// <summary>What they mean for heads of <paramref name="headDim"/>.</summary>
    public AttentionOptions For(int headDim) => AttentionOptions.Create(Scale, Causal, WindowLeft, WindowRight, Softcap, NormEpsilon, headDim);
}
