namespace Tessera.Ir.Ops;

/// <summary>Who is served first where an expert has less room than tokens that chose it.</summary>
public enum RoutePriority
{
    /// <summary>All first choices in the order of tokens, then all second ones, … (V-MoE's vanilla routing, arXiv 2106.05974, section 4).</summary>
    Choice,

    /// <summary>Token by token, each with all its choices.</summary>
    Token,

    /// <summary>As <see cref="Choice"/>, tokens with the largest weight first (batch priority routing, arXiv 2106.05974, section 4.1).</summary>
    Batch,
}
