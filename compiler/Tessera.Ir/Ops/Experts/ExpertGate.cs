namespace Tessera.Ir.Ops;

/// <summary>Where a gated expert has the factor of what its activation gives.</summary>
public enum ExpertGate
{
    /// <summary>It has none: two matrices.</summary>
    None,

    /// <summary>In a third matrix (GLU, arXiv 2002.05202).</summary>
    Separate,

    /// <summary>In the odd columns of the first matrix; the even ones are activated.</summary>
    Interleaved,

    /// <summary>In the second half of the first matrix's columns.</summary>
    Concatenated,
}
