namespace Tessera.Ir.Ops;

/// <summary>What becomes of keys that a query does not see. The ways differ where there is a NaN or an infinity, or nothing to see.</summary>
public enum Hiding
{
    /// <summary>They take no part at all: nothing of them reaches the result, and a query that sees no key gives 0.</summary>
    LeftOut,

    /// <summary>
    /// <c>fill</c> is added to their logits, as ONNX defines its Attention: a NaN in such a key or value, or an infinity, makes
    /// the query's result NaN, as does seeing no key where <c>fill</c> is −∞.
    /// </summary>
    Added,

    /// <summary><c>fill</c> stands in place of their logits: a NaN in such a key is forgotten, one in its value is not.</summary>
    Filled,
}
