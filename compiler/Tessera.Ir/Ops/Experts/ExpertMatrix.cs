namespace Tessera.Ir.Ops;

/// <summary>A matrix <c>[in, out]</c> of an expert, with scale and zero point where it is quantised, and its bias <c>[out]</c>.</summary>
public sealed record ExpertMatrix(Value Weight, Value? Scale, Value? ZeroPoint, Value? Bias);
