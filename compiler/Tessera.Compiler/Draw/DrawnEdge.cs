namespace Tessera.Compiler.Draw;

/// <summary>A line from box to box, by their numbers.</summary>
/// <param name="From">The box above.</param>
/// <param name="To">The box below.</param>
/// <param name="Label">Type of what it carries.</param>
internal sealed record DrawnEdge(int From, int To, string Label);
