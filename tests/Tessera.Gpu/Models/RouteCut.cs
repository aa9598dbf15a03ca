using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Models;

/// <summary>
/// Which experts a token goes to is a choice: two of nearly the same score trade places by a rounding, and all that follows is another number. So a model
/// gives out what it chose, and its reference goes the same ways; whether these were right is asked of the choice that the reference would have made there.
/// </summary>
internal static class RouteCut
{
    /// <summary>The graph with weights and experts of each route as results after its own.</summary>
    public static Graph Shown(Graph graph) => graph with
    {
        Outputs = [.. graph.Outputs, .. graph.PostOrder().OfType<Route>().SelectMany(static (r, i) => Names(i).Select((name, k) => new GraphOutput(name, r.Outputs[k])))],
    };

    /// <summary>The graph with weights and experts of each route as inputs; what it would have chosen itself comes after its results.</summary>
    public static Graph Given(Graph graph)
    {
        GraphRebuild rebuild = new(graph.Builder);
        List<Value> given = [];
        List<GraphOutput> own = [];
        Dictionary<Value, Value> inputs = graph.PostOrder().OfType<Input>().ToDictionary(static i => i.Outputs[0], static i => i.Outputs[0]);
        IReadOnlyList<Value> roots = rebuild.Run(graph.Roots, inputs, (op, operands) =>
        {
            if (op is not Route)
            {
                return null;
            }

            IReadOnlyList<Value> chosen = rebuild.Again(op, operands);
            string[] names = Names(own.Count / 2);
            Value[] told = [.. names.Select((name, k) => graph.Builder.Input(name, chosen[k].Type))];
            given.AddRange(told);
            own.AddRange(names.Select((name, k) => new GraphOutput($"{name}.own", chosen[k])));
            return [.. told, .. chosen.Skip(told.Length)];
        });
        Graph cut = graph.WithRoots(roots);
        return cut with { Inputs = [.. cut.Inputs, .. given], Outputs = [.. cut.Outputs, .. own] };
    }

    /// <summary>Whether a result is one of a route.</summary>
    public static bool IsOne(GraphOutput output) => output.Value.Producer is Route;

    private static string[] Names(int route) => [$"route{route}.weights", $"route{route}.experts"];
}
