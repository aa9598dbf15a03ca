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

    private readonly HashSet<SourceLocation> _taken = [];
    private readonly HashSet<(SourceLocation, string)> _put = [];

    /// <param name="rewrites">Sites, those of mere spelling among them.</param>
    public RewrittenRegions(IEnumerable<RewriteRecord> rewrites)
    {
        HashSet<string> spelling = [.. Pipelines.Rules([new Stage(Pipelines.Canonicalize)])];
        foreach (RewriteRecord rewrite in rewrites.Where(r => !spelling.Contains(r.Rule)))
        {
            int last = rewrite.Original.Max(static v => v.Id);
            Op[] made = [.. Reach(rewrite.Replacement, v => v.Id > last)];
            HashSet<Value> frontier = [.. made.SelectMany(static op => op.Operands).OfType<Value>()];
            _put.UnionWith(made.Select(static op => (op.Outputs[0].Source, op.Schema.Name)));
            _taken.UnionWith(Reach(rewrite.Original, v => !frontier.Contains(v)).Select(static op => op.Outputs[0].Source));
        }

        _taken.Remove(SourceLocation.None);
    }

    public bool WasTaken(Op op) => _taken.Contains(op.Outputs[0].Source);

    public bool WasPut(Op op) => _put.Contains((op.Outputs[0].Source, op.Schema.Name));

    private static IEnumerable<Op> Reach(IEnumerable<Value> roots, Func<Value, bool> goesOn)
    {
        HashSet<Op> seen = new(ReferenceEqualityComparer.Instance);
        Queue<Value> left = new(roots);
        while (seen.Count < MostOps && left.TryDequeue(out Value? value))
        {
            if (value.Producer is not (Input or Parameter or Constant) && goesOn(value) && seen.Add(value.Producer))
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
