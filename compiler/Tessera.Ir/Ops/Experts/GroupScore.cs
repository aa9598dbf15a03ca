namespace Tessera.Ir.Ops;

/// <summary>What a group of experts counts for when a token first picks groups.</summary>
public enum GroupScore
{
    /// <summary>Its best expert (DeepSeek-V2, arXiv 2405.04434).</summary>
    Max,

    /// <summary>The sum of its two best (DeepSeek-V3, arXiv 2412.19437).</summary>
    SumOfTwo,
}
