namespace Tessera.Compiler.Draw;

/// <summary>What a picture shows: boxes, and lines between them without a circle.</summary>
/// <param name="Nodes">The boxes.</param>
/// <param name="Edges">The lines, each pair of boxes at most once.</param>
/// <param name="Caption">What was put together to make it small enough; null where every op has its box.</param>
internal sealed record DrawnGraph(IReadOnlyList<DrawnNode> Nodes, IReadOnlyList<DrawnEdge> Edges, string? Caption);
