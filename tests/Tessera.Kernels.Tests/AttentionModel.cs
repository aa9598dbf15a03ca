using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu;

namespace Tessera.Kernels.Tests;

/// <summary>A case of packed attention as a model for ONNX Runtime and its inputs.</summary>
internal static class AttentionModel
{
    public static byte[] Create(AttentionCase c, TensorElementType type, params IEnumerable<(string Name, object Value)> more)
    {
        ModelValue Optional(bool there, string name, params object[] dims) => new(there ? name : "", type, dims);
        ModelValue[] inputs =
        [
            new("q", type, "t", c.Heads, c.HeadDim), new("k", type, "s", c.KeyHeads, c.HeadDim), new("v", type, "s", c.KeyHeads, c.ValueDim),
            new("cu_q", TensorElementType.Int32, "b1"), new("cu_k", TensorElementType.Int32, "b2"),
            Optional(c.BiasRadius >= 0, "bias", c.Heads, (2 * c.BiasRadius) + 1),
            Optional(c.Norms, "q_norm", c.HeadDim), Optional(c.Norms, "k_norm", c.HeadDim),
        ];
        int count = c.Norms ? 8 : c.BiasRadius >= 0 ? 6 : 5;
        return OneNodeModel.Create(
            "PackedAttention", inputs[..count], new("out", type, "t", c.Heads, c.ValueDim),
            [
                ("scale", c.Scale), ("causal", c.Causal ? 1 : 0), ("window_left", c.WindowLeft), ("window_right", c.WindowRight),
                ("softcap", c.Softcap), ("norm_epsilon", AttentionCase.NormEpsilon), .. more,
            ]);
    }

    public static RawTensor[] Inputs(AttentionCase c, TensorElementType type, AttentionRunner.Inputs x, int[]? cuQ = null)
    {
        RawTensor Floats(string name, float[] values, params long[] shape) => new(name, type, shape, Encode(values, type));
        long t = c.CuQ[^1], s = c.CuK[^1];
        List<RawTensor> inputs =
        [
            Floats("q", x.Q, t, c.Heads, c.HeadDim), Floats("k", x.K, s, c.KeyHeads, c.HeadDim), Floats("v", x.V, s, c.KeyHeads, c.ValueDim),
            RawTensor.Of("cu_q", TensorElementType.Int32, [(cuQ ?? c.CuQ).Length], cuQ ?? c.CuQ),
            RawTensor.Of("cu_k", TensorElementType.Int32, [c.CuK.Length], c.CuK),
        ];
        if (x.Bias is { } bias)
            inputs.Add(Floats("bias", bias, c.Heads, (2 * c.BiasRadius) + 1));
        if (x.QNorm is { } qNorm)
            inputs.Add(Floats("q_norm", qNorm, c.HeadDim));
        if (x.KNorm is { } kNorm)
            inputs.Add(Floats("k_norm", kNorm, c.HeadDim));
        return [.. inputs];
    }

    public static Storage StorageOf(TensorElementType type) => type switch
    {
        TensorElementType.Float16 => Storage.F16,
        TensorElementType.BFloat16 => Storage.BF16,
        _ => Storage.F32,
    };

    public static float[] Decode(byte[] bytes, TensorElementType type) =>
        type == TensorElementType.Double
            ? [.. MemoryMarshal.Cast<byte, double>(bytes).ToArray().Select(x => (float)x)]
            : AttentionRunner.Decode(bytes, StorageOf(type));

    private static byte[] Encode(float[] values, TensorElementType type) =>
        type == TensorElementType.Double
            ? MemoryMarshal.AsBytes(values.Select(x => (double)x).ToArray().AsSpan()).ToArray()
            : AttentionRunner.Encode(values, StorageOf(type))!;
}
