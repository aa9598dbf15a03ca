namespace Tessera.Compiler.Pack;

/// <summary>One comparison that a packed model passed.</summary>
/// <param name="What">What was compared.</param>
/// <param name="Largest">Largest |Δ| over the largest element of a result.</param>
public sealed record PackCheck(string What, double Largest);
