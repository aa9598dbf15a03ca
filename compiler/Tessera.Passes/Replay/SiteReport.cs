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
    /// <summary>Whether any generated input ran; where none did, nothing is said of the rewrite, for or against.</summary>
    public bool Checked => Cases > 0;

    /// <summary>Whether inputs ran, and both sides agreed on all of them.</summary>
    public bool Holds => Checked && Difference is null;

    /// <summary>The code of a site that was not <see cref="Checked"/>, as an error and as a warning.</summary>
    public const string NotCheckedCode = "TSR0512";

    /// <summary>What to say of a site that was not <see cref="Checked"/>.</summary>
    public const string NotChecked = "not checked: no generated input ran. Give constraints that small sizes satisfy.";

    /// <exception cref="TesseraException">TSR0511: the sides differ; it names the site. TSR0512: nothing was checked.</exception>
    public void Require()
    {
        if (Difference is not null)
        {
            throw new TesseraException("TSR0511", Site, $"the rewrite changes what the model computes: {Difference}.");
        }

        if (!Checked)
        {
            throw new TesseraException(NotCheckedCode, Site, NotChecked);
        }
    }

    public override string ToString() => Holds ? $"{Site}: holds on {Cases} inputs" : $"{Site}: {Difference ?? NotChecked}";
}
