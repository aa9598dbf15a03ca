using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;

namespace Tessera.Passes;

/// <summary>
/// Applies rules until none does any more. A sweep rebuilds the DAG from the leaves up, each op once (what it became is
/// remembered, so shared parts cost nothing more); sweeps go on until one changes nothing. Interning makes "nothing
/// changed" a comparison of roots.
/// </summary>
internal sealed class RewriteDriver
{
    private const int MostSweeps = 200;
    private const int MostFiringsAtAnOp = 64;
    private readonly IReadOnlyList<RewriteRule> _rules;
    private readonly PassContext _pass;
    private readonly string _name;
    private readonly WeightContents _weights;
    private readonly Dictionary<Type, RewriteRule[]> _byType = [];
    private readonly Dictionary<Region, Region> _regions = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _fired = [];

    public RewriteDriver(string name, IReadOnlyList<RewriteRule> rules, PassContext pass, WeightContents weights)
    {
        _weights = weights;
        _name = name;
        _rules = rules;
        _pass = pass;
    }

    public IReadOnlyList<Value> Run(GraphBuilder builder, IReadOnlyList<Value> roots)
    {
        SourceLocation place = builder.Source;
        GraphRebuild rebuild = new(builder);
        try
        {
            for (int sweep = 0; sweep < MostSweeps; sweep++)
            {
                IReadOnlyList<Op> order = GraphWalk.PostOrder(roots);
                if (!order.Any(op => op is IRegionOp || RulesFor(op).Length > 0))
                {
                    return roots;
                }

                _fired.Clear();
                rebuild.StartOver();
                IReadOnlyList<Value> next = Sweep(builder, rebuild, roots, order);
                if (next.SequenceEqual(roots))
                {
                    return roots;
                }

                roots = next;
            }
        }
        finally
        {
            builder.Source = place;
        }

        throw Endless($"{MostSweeps} sweeps");
    }

    private IReadOnlyList<Value> Sweep(GraphBuilder builder, GraphRebuild rebuild, IReadOnlyList<Value> roots, IReadOnlyList<Op> order)
    {
        RewriteUses uses = new(roots, order);
        RewriteContext context = new(builder, _pass, uses, _weights);
        Dictionary<Value, Value> leaves = [];
        foreach (Op op in order.Where(static op => op is Ir.Ops.Input))
        {
            leaves.Add(op.Outputs[0], op.Outputs[0]);
        }

        return GraphWalk.Rebuild(roots, order, leaves, (op, operands) =>
        {
            IReadOnlyList<Value> rebuilt = rebuild.Again(op, operands, op is IRegionOp ? moved => OpRewriting.MapRegions(moved, RewriteRegion) : null);
            return rebuild.Note(op, Rewrite(op, rebuilt, context, uses));
        });
    }

    private IReadOnlyList<Value> Rewrite(Op op, IReadOnlyList<Value> values, RewriteContext context, RewriteUses uses)
    {
        StandIn(op, values, uses);
        context.Builder.Source = op.Outputs[0].Source;
        for (int firings = 0; firings < MostFiringsAtAnOp; firings++)
        {
            // Only while one op gives all the values does "the op" have a meaning.
            Op current = values[0].Producer;
            if (current is Ir.Ops.Input || !current.Outputs.SequenceEqual(values) || TryRules(current, context) is not { } replaced)
            {
                return values;
            }

            values = replaced;
            StandIn(op, values, uses);
        }

        throw Endless($"{MostFiringsAtAnOp} firings at one {op.Schema.Name}");
    }

    // What takes the place of results has their users: so a rule that asks for them goes on in the same sweep.
    private static void StandIn(Op op, IReadOnlyList<Value> values, RewriteUses uses)
    {
        for (int i = 0; i < values.Count; i++)
        {
            uses.Rebuilt(values[i], op.Outputs[i]);
        }
    }

    private IReadOnlyList<Value>? TryRules(Op op, RewriteContext context)
    {
        RewriteRule[] rules = RulesFor(op);
        bool isRanked = rules.Length > 0 && IsRanked(op);
        foreach (RewriteRule rule in rules)
        {
            context.Rule = rule.Name;
            if (!rule.TakesAnyType && !isRanked)
            {
                continue;
            }

            IReadOnlyList<Value>? replaced = Try(rule, op, context);
            RewriteGround ground = context.TakeGround();
            if (replaced is not null && !replaced.SequenceEqual(op.Outputs))
            {
                CheckTypes(rule, op, replaced, context);
                _pass.Record(rule.Name, op.Outputs, replaced, ground);
                _fired.Add(rule.Name);
                return replaced;
            }
        }

        return null;
    }

    // A size that leaves 64 bits, or a rank that is not known below the op, is told of by what knows no op.
    private static IReadOnlyList<Value>? Try(RewriteRule rule, Op op, RewriteContext context)
    {
        try
        {
            return rule.Try(op, context);
        }
        catch (TesseraException error) when (error.Code is "TSR0101" or "TSR0102" or "TSR0201")
        {
            context.Reject(op, error.Message);
            return null;
        }
    }

    // Asked of every op in every sweep, hence loops.
    private static bool IsRanked(Op op)
    {
        foreach (Value? operand in op.Operands)
        {
            if (operand is { Type: not TensorType { Shape: not null } })
            {
                return false;
            }
        }

        for (int i = 0; i < op.OutputCount; i++)
        {
            if (op.Outputs[i].Type is not TensorType { Shape: not null })
            {
                return false;
            }
        }

        return true;
    }

    private RewriteRule[] RulesFor(Op op)
    {
        if (!_byType.TryGetValue(op.GetType(), out RewriteRule[]? rules))
        {
            _byType.Add(op.GetType(), rules = RulesFor(op.GetType()));
        }

        return rules;
    }

    private RewriteRule[] RulesFor(Type op) => [.. _rules.Where(r => r.OpType.IsAssignableFrom(op))];

    private Region RewriteRegion(Region region)
    {
        if (!_regions.TryGetValue(region, out Region? rewritten))
        {
            IReadOnlyList<Value> results = Run(region.Builder, region.Results);
            rewritten = results.SequenceEqual(region.Results) ? region : new Region(region.Builder, region.Parameters, results);
            _regions[region] = rewritten;
            _regions[rewritten] = rewritten;
        }

        return rewritten;
    }

    private static void CheckTypes(RewriteRule rule, Op op, IReadOnlyList<Value> replaced, RewriteContext context)
    {
        // What a rule writes otherwise may exist already, under another name for a size that only run time knows; or it knows the
        // size, or the rank.
        bool BothFresh(Dim a, Dim b) => a.IsSymbol(out _) && b.IsSymbol(out _) && context.Builder.IsDataDependent(a) && context.Builder.IsDataDependent(b);
        bool IsTold(Dim a, Dim b) => context.Builder.IsDataDependent(b) && !context.Builder.IsDataDependent(a);
        bool KnowsRank(IrType a, IrType b) => a is TensorType now && b is TensorType { Shape: null } was && now.DType == was.DType;
        bool fits = replaced.Count == op.OutputCount
            && replaced.Zip(op.Outputs).All(p => KnowsRank(p.First.Type, p.Second.Type) || IrTypes.Same(p.First.Type, p.Second.Type, (a, b) => context.Equal(a, b) || BothFresh(a, b) || IsTold(a, b)));
        if (!fits)
        {
            throw new TesseraException(
                "TSR0501",
                op.Outputs[0].Source,
                $"the rule {rule.Name} replaces {op.Schema.Name} of {string.Join(", ", op.Outputs.Select(static v => v.Type))} "
                + $"by {string.Join(", ", replaced.Select(static v => v.Type))}.",
                "A rule must keep every type; this is an error of the rule.");
        }
    }

    private TesseraException Endless(string what)
    {
        string rules = string.Join(", ", _fired.Distinct().Order(StringComparer.Ordinal));
        return new TesseraException(
            "TSR0502", _name, $"{what} did not come to an end; still firing: {rules}.", "Two of these laws undo each other, or one grows what it matches.");
    }
}
