namespace Tessera.Ir.Ops;

/// <summary>How logits of experts become weights; spelled as the attribute of the ONNX op.</summary>
public enum RouteScoring
{
    /// <summary>Softmax over the experts.</summary>
    Softmax,

    /// <summary>Each expert's sigmoid by itself (DeepSeek-V3, arXiv 2412.19437).</summary>
    Sigmoid,

    /// <summary>Argmax again and again, each weighted by a softmax over what is within a relative distance of it (GRIN, arXiv 2409.12136).</summary>
    SparseMixer,

    /// <summary><see cref="SparseTopK"/> of each token's logits (arXiv 2302.01425).</summary>
    SparseTopK,
}
