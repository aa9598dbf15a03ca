namespace Tessera.Compiler;

/// <summary>What a compiled model takes at once.</summary>
public enum Batching
{
    /// <summary>One example, as the model is written.</summary>
    Single,

    /// <summary>Examples of equal sizes behind a leading batch axis.</summary>
    Dense,

    /// <summary>Examples padded to the longest, with their lengths. What lies behind an example in an output is zeros.</summary>
    Padded,

    /// <summary>Examples one after another along the token axis, with <c>cu_seqlens</c>.</summary>
    Packed,
}
