using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// concat_e(mlp_e(rows of e)), rows in the order of their experts and cut where the counts of the ids say  →  grouped_mlp(rows, sorted
/// ids, 1). A number for each row that an expert's result is multiplied by becomes its weight.
/// </summary>
public sealed class FuseSortedExperts : RewriteRule<Concat>
{
    private const int Deepest = 64;

    public override Value? Apply(Concat op, RewriteContext context)
    {
        if (op is not { Axis: 0 or -2, Inputs: { Count: > 1 } parts } || op.Outputs[0].Rank != 2 || SortingOf(parts[0], context) is not { } sorting)
        {
            return null;
        }

        Assignment routed = new(sorting.Ids, sorting.Ids);
        if (routed.Experts != parts.Count || !routed.IsSelection(context))
        {
            return context.Reject(op, $"segments of {parts.Count} experts are not those of the {routed.Experts?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown number of experts"} that ids count");
        }

        SegmentedRows segments = new(sorting, parts.Count, context);
        ExpertSet? set = null;
        for (int e = 0; e < parts.Count; e++)
        {
            if (segments.Of(parts[e], e) is not { } whole)
            {
                return context.Reject(op, $"part {e} is not made of the rows of expert {e} alone");
            }

            set ??= new ExpertSet(context);
            if (Expert(whole, context) is not var (form, weight) || !set.TryAdd(e, form, new Assignment(Column(sorting.Sorted, context), weight ?? One(form.X, context))))
            {
                return e == 0 ? null : context.Reject(op, $"part {e} is no expert like those before it");
            }
        }

        ExpertSorting.RelyOn(sorting.Sorted, sorting.Ids, context);
        return set!.Emit(op);
    }

    private static (ExpertForm Form, Value? Weight)? Expert(Value whole, RewriteContext context)
    {
        ExpertMatcher matcher = new(2);
        return matcher.Match(whole) is { } plain ? (plain, null)
            : whole.Op is not Mul { A: var a, B: var b } ? null
            : IsWeight(b, a, context) && matcher.Match(a) is { } left ? (left, b)
            : IsWeight(a, b, context) && matcher.Match(b) is { } right ? (right, a)
            : null;
    }

    private static bool IsWeight(Value weight, Value output, RewriteContext context) =>
        weight.Rank == 2 && weight.Shape[1] == Dim.One && context.Equal(weight.Shape[0], output.Shape[0]);

    private static Value Column(Value x, RewriteContext context) => Axes.Reshape(x, [x.Shape[0], Dim.One], context);

    private static Value One(Value x, RewriteContext context) => context.Emit(new Expand(context.Builder.Float(x.DType, 1)) { Shape = [x.Shape[0], Dim.One] });

    // By what the first segment is cut: bounds or sizes lead to the ids, ids to the sort of them that its rows are in.
    private static ExpertSorting? SortingOf(Value part, RewriteContext context)
    {
        Stack<(Value Value, int Depth)> stack = new([(part, Deepest)]);
        HashSet<Value> seen = [];
        while (stack.TryPop(out (Value Value, int Depth) next))
        {
            if (next.Depth == 0 || !seen.Add(next.Value))
            {
                continue;
            }

            if (next.Value.Producer is DynamicSlice or DynamicSplit)
            {
                return Rows(next.Value.Producer.Operands[0]!, context);
            }

            foreach (Value operand in next.Value.Producer.Operands.OfType<Value>().Where(static v => v.Producer is not (Parameter or Constant)).Reverse())
            {
                stack.Push((operand, next.Depth - 1));
            }
        }

        return null;
    }

    // The sort that rows, or what they are made of, are in the order of.
    private static ExpertSorting? Rows(Value rows, RewriteContext context)
    {
        HashSet<Value> seen = [];
        Queue<Value> queue = new([rows]);
        while (queue.TryDequeue(out Value? value) && seen.Count < Deepest)
        {
            if (!seen.Add(value))
            {
                continue;
            }

            if (value.Producer is TopK sort && ExpertSorting.Of(sort.Outputs[1], context) is { } found)
            {
                return found;
            }

            foreach (Value operand in value.Producer.Operands.OfType<Value>())
            {
                queue.Enqueue(operand);
            }
        }

        return null;
    }
}
