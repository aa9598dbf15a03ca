using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>
/// What sizes must be for a model to run: a table of 512 positions cut to the first n meets n tokens, so n is at most 512, or a
/// runtime refuses to broadcast; n tokens become rows of 24, so 24 divides n, or a runtime refuses to reshape.
/// </summary>
internal static class SizeClaims
{
    private const int MostRounds = 8;

    /// <summary>The graph with its types inferred under what its sizes must be, until there is no more of it.</summary>
    public static Graph Resolve(Graph graph)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            Constraint[] claims = [.. Of(graph).Except(graph.Constraints)];
            if (claims.Length == 0)
            {
                break;
            }

            GraphBuilder builder = new([.. graph.Constraints, .. claims]) { TakesClaims = graph.Builder.TakesClaims };
            GraphRebuild rebuild = new(builder);
            Dictionary<Value, Value> inputs = graph.Inputs.ToDictionary(static v => v, v => rebuild.Again(v.Producer, [])[0]);
            IReadOnlyList<Value> roots = rebuild.Run(graph.Roots, new Dictionary<Value, Value>(inputs), static (_, _) => null);
            graph = graph.WithRoots(roots) with { Builder = builder, Inputs = [.. inputs.Values] };
        }

        return graph;
    }

    private static IEnumerable<Constraint> Of(Graph graph)
    {
        foreach (Op op in graph.PostOrder())
        {
            if (op is Reshape { X.Type: TensorType { Shape: { } from } } reshape)
            {
                foreach (Constraint claim in Rows(from, reshape.Shape))
                {
                    yield return claim;
                }
            }

            if (op is not (BinaryOp or Where))
            {
                continue;
            }

            Shape[] shapes = [.. op.Operands.OfType<Value>().Select(static v => v.Type).OfType<TensorType>().Select(static t => t.Shape).OfType<Shape>()];
            foreach (Constraint claim in shapes.SelectMany(a => shapes.SelectMany(b => Meeting(a, b))))
            {
                yield return claim;
            }
        }
    }

    // n elements as ⌊n/24⌋ rows of 24.
    private static IEnumerable<Constraint> Rows(Shape from, Shape to)
    {
        for (int axis = 0; axis < to.Rank; axis++)
        {
            if (to[axis] is FloorDivDim { Numerator: var whole, Denominator.ConstValue: { } by } && Dim.Product(from) * by == Dim.Product(to.With(axis, whole)))
            {
                yield return new Constraint.Divisible(whole, by);
            }
        }
    }

    // min(n, 512) meets n. (Of 512 only: a size that may be 1 broadcasts.)
    private static IEnumerable<Constraint> Meeting(Shape cut, Shape whole)
    {
        for (int fromEnd = 1; fromEnd <= Math.Min(cut.Rank, whole.Rank); fromEnd++)
        {
            if (cut[cut.Rank - fromEnd] is MinDim { Operands: [var a, var b] } && whole[whole.Rank - fromEnd] is SymDim size)
            {
                Dim? limit = a.Equals(size) ? b : b.Equals(size) ? a : null;
                if (limit?.ConstValue >= 2)
                {
                    yield return new Constraint.GreaterEqual(limit, size);
                }
            }
        }
    }
}
