namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// One mixture: x[T, D], experts[T, K] and weights[T, K] → output[T, D']. Raw and unmanaged, so that threads share it by address.
/// Checked beforehand.
/// </summary>
internal unsafe struct ExpertProblem
{
    /// <summary>Of x, weights and output alike.</summary>
    public Storage Storage;

    public void* X;
    public long* Ids;
    public void* Weights;
    public void* Output;

    /// <summary>T.</summary>
    public int Tokens;

    /// <summary>K.</summary>
    public int Choices;

    /// <summary>D.</summary>
    public int Width;

    /// <summary>D'.</summary>
    public int OutputWidth;

    /// <summary>E.</summary>
    public int ExpertCount;

    /// <summary>[E].</summary>
    public ExpertWeights* Experts;

    public ExpertOptions Options;

    /// <summary>Token by choice: what can be assigned.</summary>
    public readonly int Assignments => checked(Tokens * Choices);
}
