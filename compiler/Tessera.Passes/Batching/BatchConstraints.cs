using Tessera.Ir;
using Tessera.Ir.Batching;

namespace Tessera.Passes.Batching;

/// <summary>What is known of the batched graph's sizes, from what was known of one example's.</summary>
internal static class BatchConstraints
{
    /// <summary>
    /// Packed, a bound on each length is one on their sum, and a common divisor divides the sum. Padded, the longest example
    /// is an example, so what held for one holds for it.
    /// </summary>
    public static IEnumerable<Constraint> Of(Graph graph, BatchMode mode, IReadOnlySet<string> ragged)
    {
        foreach (Constraint constraint in graph.Constraints)
        {
            if (mode != BatchMode.Packed || !constraint.Symbols.Any(ragged.Contains))
            {
                yield return constraint;
            }
            else if (constraint is Constraint.GreaterEqual { Left: var left, Right: var right }
                && left.IsSymbol(out string symbol) && right.IsConst(out long least))
            {
                yield return new Constraint.GreaterEqual(GraphBatchEnvironment.TotalOf(symbol), Dim.Sym("batch") * least);
            }
            else if (constraint is Constraint.Divisible { Value: var value, By: var by } && value.IsSymbol(out string divided))
            {
                yield return new Constraint.Divisible(GraphBatchEnvironment.TotalOf(divided), by);
            }
        }
    }
}
