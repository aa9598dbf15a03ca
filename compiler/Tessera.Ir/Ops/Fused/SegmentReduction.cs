namespace Tessera.Ir.Ops;

/// <summary>How the tokens of a segment are folded into one row; spelled as the attribute of the ONNX op.</summary>
public enum SegmentReduction
{
    /// <summary>0 of an empty segment.</summary>
    Sum,

    /// <summary>0 of an empty segment; floats only.</summary>
    Mean,

    /// <summary>−∞, or the least integer, of an empty segment; NaN where a token is.</summary>
    Max,

    /// <summary>log Σ e^x, without overflow; −∞ of an empty segment; floats only.</summary>
    Logsumexp,
}
