using Tessera.Ir;

namespace Tessera.Passes.Fusion;

/// <summary><c>y / √s · g</c>; without g where it is null.</summary>
internal sealed record OverRoot(Value Y, Value S, Value? Gain);
