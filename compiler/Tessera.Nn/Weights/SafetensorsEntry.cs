using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>One tensor as a header declares it; <paramref name="Begin"/> and <paramref name="End"/> count from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, DType DType, IReadOnlyList<long> Dims, long Begin, long End);
