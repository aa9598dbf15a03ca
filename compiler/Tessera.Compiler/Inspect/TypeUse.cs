using Tessera.Ir;

namespace Tessera.Compiler.Inspect;

/// <summary>How much of a graph is of one element type.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Values">Results of ops, and inputs, of this type.</param>
/// <param name="WeightBytes">Bytes of weights of this type; null where they are too many to count.</param>
public sealed record TypeUse(DType DType, long Values, long? WeightBytes);
