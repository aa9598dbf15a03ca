namespace Tessera.Ir.Ops;

/// <summary>What attention gives out besides its result: logits on their way to the softmax, or what comes out of it.</summary>
public enum LogitsStage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Dot products times the scale.</summary>
    Product,

    /// <summary>The same behind the softcap.</summary>
    Capped,

    /// <summary>The same with bias, hiding and mask: what the softmax is of.</summary>
    Biased,

    /// <summary>What the softmax gives.</summary>
    Weights,
}
