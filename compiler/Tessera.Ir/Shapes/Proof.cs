namespace Tessera.Ir;

/// <summary>What is known of a claim about sizes.</summary>
public enum Proof
{
    /// <summary>Neither proved nor disproved.</summary>
    Unknown,

    /// <summary>Holds for every assignment that satisfies the constraints.</summary>
    Proved,

    /// <summary>Fails for every assignment that satisfies the constraints.</summary>
    Disproved,
}
