namespace Tessera.Passes.Packing;

/// <summary>What a mask says of tokens and of padding.</summary>
public enum MaskForm
{
    /// <summary>True, or 1, for tokens; false, or 0, for padding.</summary>
    Flags,

    /// <summary>What is added to logits: 0 for tokens, the least number there is for padding.</summary>
    Added,
}
