using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes;

namespace Tessera.Compiler.Report;

/// <summary>
/// Which ops of the first and of the last graph belong to sites that a fusion rewrote. Passes between make ops anew: they are
/// known again by where they come from.
/// </summary>
internal sealed class RewrittenRegions
{
    private const int MostOps = 64;
    private const int Horizon = 1024;

    private readonly HashSet<SourceLocation> _places = [];
    private readonly HashSet<(SourceLocation, string)> _taken = [];
    private readonly HashSet<(SourceLocation, string)> _put = [];
    private readonly HashSet<SourceLocation> _ofOne;

    /// <param name="first">The graph that was read.</param>
    /// <param name="rewrites">Sites, those of mere spelling among them.</param>
    public RewrittenRegions(Graph first, IEnumerable<RewriteRecord> rewrites)
    {
        _ofOne = [.. first.PostOrder().GroupBy(static op => op.Outputs[0].Source).Where(static g => g.Count() == 1).Select(static g => g.Key)];
        HashSet<string> spelling = [.. Pipelines.Rules([new Stage(Pipelines.Canonicalize)])];
        foreach (RewriteRecord rewrite in rewrites.Where(r => !spelling.Contains(r.Rule)))
        {
            HashSet<Op> before = Reach(rewrite.Original, Horizon, static _ => true);
            HashSet<Op> after = Reach(rewrite.Replacement, Horizon, static _ => true);
            Op[] gone = [.. Reach(rewrite.Original, MostOps, op => !after.Contains(op))];
            _put.UnionWith(Reach(rewrite.Replacement, MostOps, op => !before.Contains(op)).Select(Key));
            _taken.UnionWith(gone.Select(Key));
            _places.UnionWith(gone.Select(static op => op.Outputs[0].Source));
        }
    }

    /// <summary>Whether an op of the first graph was part of what a rule replaced. Of several from one place those of the kind count.</summary>
    public bool WasTaken(Op op) => _taken.Contains(Key(op)) || (_ofOne.Contains(op.Outputs[0].Source) && _places.Contains(op.Outputs[0].Source));

    /// <summary>Whether an op of the last graph was part of what a rule put in place.</summary>
    public bool WasPut(Op op) => _put.Contains(Key(op));

    private static (SourceLocation, string) Key(Op op) => (op.Outputs[0].Source, op.Schema.Name);

    private static HashSet<Op> Reach(IEnumerable<Value> roots, int most, Func<Op, bool> goesOn)
    {
        HashSet<Op> seen = new(ReferenceEqualityComparer.Instance);
        Queue<Value> left = new(roots);
        while (seen.Count < most && left.TryDequeue(out Value? value))
        {
            if (value.Producer is not (Input or Parameter or Constant) && goesOn(value.Producer) && seen.Add(value.Producer))
            {
                foreach (Value operand in value.Producer.Operands.OfType<Value>())
                {
                    left.Enqueue(operand);
                }
            }
        }

        return seen;
    }
}
