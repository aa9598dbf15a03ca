namespace Tessera.Compiler.Pack;

/// <summary>What a packed model takes and gives.</summary>
public enum PackInterface
{
    /// <summary>Examples one after another along the token axis, and <c>cu_seqlens</c> in place of masks.</summary>
    Packed,

    /// <summary>What the original takes and gives: it is packed inside, and the results are padded again, with zeros.</summary>
    Padded,
}
