namespace Tessera.Ir;

/// <summary>
/// What a model from elsewhere says of a node or a value besides what it computes: a name, words, metadata. It goes along
/// with the op or the value as data: it is no part of equality, and only what reads and writes models knows more of it
/// than that it is there, so that no rule or pass can depend on a name.
/// </summary>
public abstract record Remark;
