namespace Tessera.Ir.Ops;

/// <summary>What stands in the padding.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The tensor mirrored at its edge, the edge itself not repeated: <c>c b | a b c | b a</c>.</summary>
    Reflect,

    /// <summary>The nearest element.</summary>
    Edge,

    /// <summary>The tensor over again, from its other end.</summary>
    Wrap,
}
