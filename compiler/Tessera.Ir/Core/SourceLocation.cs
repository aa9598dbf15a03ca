namespace Tessera.Ir;

/// <summary>Where a value came from. It is never part of equality, so interning may keep the first of several places.</summary>
/// <param name="ModulePath">Path of the module in the model, <c>encoder.blocks.3.qkv</c>; empty outside modules.</param>
/// <param name="File">C# file, or the <c>.onnx</c> file; null when unknown.</param>
/// <param name="Line">Line in <paramref name="File"/>, from 1; 0 when unknown.</param>
public sealed record SourceLocation(string ModulePath, string? File = null, int Line = 0)
{
    public static SourceLocation None { get; } = new("");

    /// <summary><c>encoder.blocks.3.qkv (NaViT.cs:31)</c>, as errors print it.</summary>
    public override string ToString()
    {
        string at = File is null ? "" : Line > 0 ? $"({Path.GetFileName(File)}:{Line})" : $"({Path.GetFileName(File)})";
        return ModulePath.Length == 0 ? at : at.Length == 0 ? ModulePath : $"{ModulePath} {at}";
    }
}
