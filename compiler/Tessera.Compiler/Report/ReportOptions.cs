namespace Tessera.Compiler.Report;

/// <summary>What a report holds besides what the compilation did.</summary>
public sealed record ReportOptions
{
    /// <summary>Whether it tells how long passes took: the only part that two runs do not have alike.</summary>
    public bool Times { get; init; } = true;

    /// <summary>What should not be overlooked, where it is known already.</summary>
    public IReadOnlyList<CompileWarning> Warnings { get; init; } = [];
}
