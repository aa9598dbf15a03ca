namespace Tessera.Nn;

/// <summary>A matrix <c>[in, out]</c> of an expert, its bias <c>[out]</c>, and where it is quantised its scale and zero point, as for one along axis 0.</summary>
public sealed record ExpertWeight(Tensor Matrix, Tensor? Bias = null, Tensor? Scale = null, Tensor? ZeroPoint = null);
