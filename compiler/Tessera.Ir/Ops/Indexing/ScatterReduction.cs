namespace Tessera.Ir.Ops;

/// <summary>What a scatter does where it writes.</summary>
public enum ScatterReduction
{
    /// <summary>The update takes the element's place; an element named twice takes one of them.</summary>
    None,
    Add,
    Mul,
    Max,
    Min,
}
