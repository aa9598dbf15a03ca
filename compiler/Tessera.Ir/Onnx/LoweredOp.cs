namespace Tessera.Ir.Onnx;

/// <summary>An op that a target has not, and that was written as simpler ones.</summary>
/// <param name="Op">Text name of the op.</param>
/// <param name="Place">Where it comes from.</param>
/// <param name="Reason">Why the target has not got it.</param>
public sealed record LoweredOp(string Op, SourceLocation Place, string Reason);
