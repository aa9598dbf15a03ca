using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Checks what a packed attention is given, so that nothing after it can read or write out of bounds.</summary>
internal static unsafe class AttentionCheck
{
    /// <summary>The problem without its output; refuses inputs whose shapes or boundaries do not fit together.</summary>
    public static AttentionProblem Problem(
        string place, TensorView qTHD, TensorView kSGD, TensorView vSGE, TensorView cuQ, TensorView cuK)
    {
        AttentionProblem problem = Shapes(place, qTHD, kSGD, vSGE, cuQ, cuK);
        CuSeqlens.Check(cuQ, qTHD.Shape[0], place, "cu_q");
        CuSeqlens.Check(cuK, kSGD.Shape[0], place, "cu_k");
        return problem;
    }

    /// <summary>The same where the boundaries cannot be read: refuses shapes alone.</summary>
    public static AttentionProblem Shapes(
        string place, TensorView qTHD, TensorView kSGD, TensorView vSGE, TensorView cuQ, TensorView cuK)
    {
        Rank(place, "q", qTHD, 3);
        Rank(place, "k", kSGD, 3);
        Rank(place, "v", vSGE, 3);
        Rank(place, "cu_q", cuQ, 1);
        Rank(place, "cu_k", cuK, 1);
        long h = qTHD.Shape[1], d = qTHD.Shape[2], s = kSGD.Shape[0], g = kSGD.Shape[1];
        Equal(place, "q's and k's head_dim", d, kSGD.Shape[2]);
        Equal(place, "k's and v's tokens", s, vSGE.Shape[0]);
        Equal(place, "k's and v's heads", g, vSGE.Shape[1]);
        Equal(place, "the lengths of cu_q and cu_k", cuQ.Shape[0], cuK.Shape[0]);
        if (h < 1 || g < 1 || d < 1 || h % g != 0)
            throw new TesseraKernelException($"TSR1305 {place}: q is {qTHD.ShapeText()}, k is {kSGD.ShapeText()}; heads and head_dim are at least 1, and q's heads a multiple of k's.");
        return new()
        {
            Q = qTHD.Data,
            K = kSGD.Data,
            V = vSGE.Data,
            CuQ = (int*)cuQ.Data,
            CuK = (int*)cuK.Data,
            Segments = Math.Max(0, (int)cuQ.Shape[0] - 1),
            Heads = checked((int)h),
            KeyHeads = checked((int)g),
            HeadDim = checked((int)d),
            ValueDim = checked((int)vSGE.Shape[2]),
        };
    }

    /// <summary>What a node may do without: bias, norms, and its attributes for heads of this size.</summary>
    public static void Options(string place, KernelContext context, AttentionAttributes attributes, ref AttentionProblem problem)
    {
        if (context.TryInput(5, out TensorView bias))
            Bias(place, bias, ref problem);
        if (context.TryInput(6, out TensorView qNorm))
            problem.QNorm = Norm(place, "q_norm", qNorm, problem);
        if (context.TryInput(7, out TensorView kNorm))
            problem.KNorm = Norm(place, "k_norm", kNorm, problem);
        problem.Options = attributes.For(problem.HeadDim);
    }

    /// <summary>The relative-position bias [H, 2R + 1].</summary>
    public static void Bias(string place, TensorView bias, ref AttentionProblem problem)
    {
        Rank(place, "bias", bias, 2);
        Equal(place, "q's heads and bias's rows", problem.Heads, bias.Shape[0]);
        if (bias.Shape[1] % 2 == 0)
            throw new TesseraKernelException($"TSR1306 {place}: bias is {bias.ShapeText()}; its rows hold 2R + 1 distances, an odd number.");
        problem.Bias = bias.Data;
        problem.BiasRadius = checked((int)(bias.Shape[1] / 2));
    }

    /// <summary>The gain of a norm [D].</summary>
    public static void* Norm(string place, string name, TensorView norm, in AttentionProblem problem)
    {
        Rank(place, name, norm, 1);

        // The text is made only to be thrown: a run allocates nothing.
        if (norm.Shape[0] != problem.HeadDim)
            Equal(place, $"head_dim and the length of {name}", problem.HeadDim, norm.Shape[0]);
        return norm.Data;
    }

    private static void Rank(string place, string name, TensorView tensor, int rank)
    {
        if (tensor.Rank != rank)
            throw new TesseraKernelException($"TSR1303 {place}: {name} is {tensor.ShapeText()}, of rank {tensor.Rank}; expected rank {rank}.");
    }

    private static void Equal(string place, string what, long a, long b)
    {
        if (a != b)
            throw new TesseraKernelException($"TSR1304 {place}: {what} differ: {a} ≠ {b}.");
    }
}
