using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Passes.Fusion;

namespace Tessera.Passes.Lowering;

/// <summary>
/// layer_norm(x) beside mean(x) and 1 / √(mean((x − mean(x))²) + ε), the same ε, that something else asks for  →  one op that gives
/// out all three.
/// </summary>
public sealed record CarryStatistics : IPass
{
    public string Name => "carry-statistics";

    public Graph Run(Graph graph, PassContext context)
    {
        while (Next(graph) is { } site)
        {
            (LayerNorm norm, Value[] given) = site;
            IReadOnlyList<Value> all = graph.Builder.EmitAll(
                new StandardLayerNorm(norm.X, norm.Weight, norm.Bias) { Axis = -1, Epsilon = norm.Epsilon, Statistics = true }, norm.Outputs[0].Source);
            context.Record(Name, given, all);
            Dictionary<Value, Value> known = given.Zip(all).ToDictionary(static p => p.First, static p => p.Second);
            graph = GraphRebuild.Run(graph, (op, _) => op.OutputCount == 1 && known.TryGetValue(op.Outputs[0], out Value? now) ? [now] : null);
        }

        return graph;
    }

    // A norm, and its result, mean and inverse deviation in the graph.
    private static (LayerNorm Norm, Value[] Given)? Next(Graph graph)
    {
        IReadOnlyList<Op> order = graph.PostOrder();
        LayerNorm[] norms = [.. order.OfType<LayerNorm>()];
        if (norms.Length == 0)
        {
            return null;
        }

        foreach (Value inverse in order.Where(static op => op.OutputCount == 1).Select(static op => op.Outputs[0]))
        {
            if (inverse.Type is TensorType { DType: DType.F32, Shape: not null } && NormPatterns.InverseRoot(inverse) is { } underRoot
                && Centred(underRoot) is var (x, mean, epsilon)
                && norms.FirstOrDefault(n => ReferenceEquals(n.X, x) && n.Epsilon == epsilon) is { } norm)
            {
                return (norm, [norm.Outputs[0], mean, inverse]);
            }
        }

        return null;
    }

    // x, its mean along the last axis, and ε in mean((x − mean)²) + ε.
    private static (Value X, Value Mean, Real Epsilon)? Centred(Value underRoot) =>
        NormPatterns.PlusEpsilon(underRoot) is ({ } variance, var epsilon)
        && NormPatterns.MeanSquare(variance) is ({ Op: Sub { A: var x, B: var mean } }, var axis)
        && NormPatterns.Mean(mean) is ({ } of, var from) && ReferenceEquals(of, x) && from == axis && axis == x.Rank - 1
        ? (x, mean, epsilon)
        : null;
}
