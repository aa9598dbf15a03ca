namespace Tessera.Compiler.Draw;

/// <summary>A box of a picture.</summary>
/// <param name="Title">Its first line.</param>
/// <param name="Lines">Smaller lines below.</param>
/// <param name="Family">What colours it.</param>
/// <param name="IsMarked">Whether it is drawn with a heavy frame: a rewrite took it away or put it there.</param>
/// <param name="Tip">What a viewer shows when the pointer rests on it.</param>
internal sealed record DrawnNode(string Title, IReadOnlyList<string> Lines, OpFamily Family, bool IsMarked, string Tip);
