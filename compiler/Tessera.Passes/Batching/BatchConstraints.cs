using Tessera.Ir;
using Tessera.Ir.Batching;

namespace Tessera.Passes.Batching;

/// <summary>What is known of the batched graph's sizes, from what was known of one example's.</summary>
internal static class BatchConstraints
{
    /// <summary>
    /// Packed, a bound on each length is one on their sum, and a common divisor divides the sum. Padded, a size
    /// is that of the longest example, so what holds for one ragged size holds; the longest of two sizes may be two examples.
    /// </summary>
    public static IEnumerable<Constraint> Of(Graph graph, BatchMode mode, IReadOnlySet<string> ragged)
    {
        foreach (Constraint constraint in graph.Constraints)
        {
            int symbols = constraint.Symbols.Distinct().Count(ragged.Contains);
            if (symbols == 0 || (mode == BatchMode.Padded && symbols == 1))
            {
                yield return constraint;
            }
            else if (mode == BatchMode.Padded)
            {
                continue;
            }
            else if (constraint is Constraint.GreaterEqual { Left: var left, Right: var right }
                && left.IsSymbol(out string symbol) && right.IsConst(out long least))
            {
                yield return new Constraint.GreaterEqual(GraphBatchEnvironment.TotalOf(symbol), Dim.Sym("batch") * least);
            }
            else if (constraint is Constraint.GreaterEqual { Left: var most, Right: var length }
                && most.IsConst(out long limit) && length.Symbols.Distinct().ToArray() is [var counted] && (length - Dim.Sym(counted)).IsConst(out long more))
            {
                yield return new Constraint.GreaterEqual(Dim.Sym("batch") * (limit - more), GraphBatchEnvironment.TotalOf(counted));
            }
            else if (constraint is Constraint.Divisible { Value: var value, By: var by } && value.IsSymbol(out string divided))
            {
                yield return new Constraint.Divisible(GraphBatchEnvironment.TotalOf(divided), by);
            }
        }
    }
}
