namespace Tessera.Runtime;

/// <summary>The order in which <see cref="PackingPlan.FirstFit"/> places examples.</summary>
public enum PackingOrder
{
    /// <summary>As they come: neighbours tend to stay together.</summary>
    AsGiven,

    /// <summary>The longest first, equal ones as they come: usually fewer batches.</summary>
    LongestFirst,
}
