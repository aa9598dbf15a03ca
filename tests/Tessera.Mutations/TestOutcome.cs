namespace Tessera.Mutations;

/// <summary>How a run of named tests ended.</summary>
internal enum TestOutcome
{
    /// <summary>At least one ran, and all that ran passed.</summary>
    Passed,
    Failed,

    /// <summary>Nothing matched the name, or all that did were skipped.</summary>
    NoTest,
    TimedOut,
}
