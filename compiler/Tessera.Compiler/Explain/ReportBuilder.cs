using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Passes;

namespace Tessera.Compiler.Explain;

/// <summary>Gathers what the pipelines of one compilation tell.</summary>
internal sealed class ReportBuilder
{
    private readonly List<string> _tried = [];
    private readonly List<Firing> _fired = [];
    private readonly List<Rejection> _missed = [];
    private readonly List<PassReport> _passes = [];

    /// <summary>Takes in what a pipeline did.</summary>
    public void Add(IReadOnlyList<Stage> stages, PassContext context)
    {
        _tried.AddRange(Pipelines.Rules(stages).Except(_tried));
        _fired.AddRange(context.Sites);
        _missed.AddRange(context.Rejections.Except(_missed));
        _passes.AddRange(context.Reports);
    }

    public OptimizeReport Build(IReadOnlyList<LoweredOp> lowered)
    {
        ILookup<string, Firing> fired = _fired.ToLookup(static f => f.Rule, StringComparer.Ordinal);
        ILookup<string, Rejection> missed = _missed.ToLookup(static r => r.Rule, StringComparer.Ordinal);
        HashSet<(string, string, SourceLocation)> done = [.. _fired.Where(static f => f.Place != SourceLocation.None).Select(static f => (f.Rule, f.Op, f.Place))];
        HashSet<string> tried = [.. _tried];

        // A rule that was tried too early, and then again with success, missed nothing there.
        return new OptimizeReport(
            [.. _tried.Concat(RuleNames.All).Distinct().Select(rule => new RuleReport(
                rule, tried.Contains(rule), [.. fired[rule]], [.. missed[rule].Where(m => !done.Contains((m.Rule, m.Op, m.Place)))]))],
            _passes,
            lowered);
    }
}
