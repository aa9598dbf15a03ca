namespace Tessera.Ir.Batching;

/// <summary>How a window moves along the ragged axis: <c>⌊(n + before + behind − span) / stride⌋ + 1</c> places.</summary>
/// <param name="Before">Rows before each example.</param>
/// <param name="Behind">Rows behind each example.</param>
/// <param name="Stride">Step of the window.</param>
/// <param name="Span">Rows from a window's first to its last.</param>
public sealed record WindowAxis(long Before, long Behind, long Stride, Dim Span);
