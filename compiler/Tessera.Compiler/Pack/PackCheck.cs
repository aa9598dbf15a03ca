namespace Tessera.Compiler.Pack;

/// <summary>One comparison that a packed model passed.</summary>
/// <param name="What">What was compared.</param>
/// <param name="Largest">Largest |Δ| over the largest element of a result.</param>
public sealed record PackCheck(string What, double Largest)
{
    /// <summary>Code of the error that the original's results for an example depend on its neighbours or on padding.</summary>
    public const string OriginalDiffersCode = "TSR0910";

    /// <summary>Code of the error that the packed model differs from the original.</summary>
    public const string PackedDiffersCode = "TSR0911";
}
