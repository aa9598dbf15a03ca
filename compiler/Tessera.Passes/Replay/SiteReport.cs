using Tessera.Ir;

namespace Tessera.Passes.Replay;

/// <summary>What replaying one site showed.</summary>
/// <param name="Site">Rule, op and place.</param>
/// <param name="Cases">Generated inputs on which both sides ran.</param>
/// <param name="Skipped">Generated inputs that the original itself refuses (an index out of range, say).</param>
/// <param name="Largest">Largest |Δ| over the largest finite |reference|.</param>
/// <param name="Difference">Null where both sides agree; else result, element, both values and the sizes.</param>
public sealed record SiteReport(string Site, int Cases, int Skipped, double Largest, string? Difference)
{
    public bool Holds => Difference is null;

    /// <exception cref="TesseraException">TSR0511: the sides differ; it names the site.</exception>
    public void Require()
    {
        if (!Holds)
        {
            throw new TesseraException("TSR0511", Site, $"the rewrite changes what the model computes: {Difference}.");
        }
    }

    public override string ToString() => Holds ? $"{Site}: holds on {Cases} inputs" : $"{Site}: {Difference}";
}
