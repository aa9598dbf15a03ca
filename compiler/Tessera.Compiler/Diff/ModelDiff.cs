using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx;
using Tessera.Passes;

namespace Tessera.Compiler.Diff;

/// <summary>
/// Compares two models by what they compute. Both are brought into one spelling (nothing is fused), weights that are merely
/// laid out otherwise into the layout in which they are used; then counterparts are looked for by structure.
/// </summary>
public static class ModelDiff
{
    /// <summary>Two models from files, with what the files say besides.</summary>
    public static ModelDifference Of(OnnxModel first, OnnxModel second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Of(first.Graph, second.Graph) with { Notes = [.. Notes(first, second)] };
    }

    /// <summary>Two graphs.</summary>
    public static ModelDifference Of(Graph first, Graph second)
    {
        (Graph a, Graph b) = (Plain(first), Plain(second));
        DifferenceBuilder found = new();
        InterfaceMatch inputs = InterfaceMatch.Of(
            "input", [.. a.Inputs.Select(static v => (((Input)v.Producer).Name, v))], [.. b.Inputs.Select(static v => (((Input)v.Producer).Name, v))]);
        InterfaceMatch outputs = InterfaceMatch.Of(
            "output", [.. a.Outputs.Select(static o => (o.Name, o.Value))], [.. b.Outputs.Select(static o => (o.Name, o.Value))]);
        inputs.Tell(found, withSizes: true);
        outputs.Tell(found, withSizes: false);
        Defaults(a, b, found);
        StructureIds ids = new();
        GraphStructure x = new(ids, a.Roots, inputs.Labelled(first: true), a.Weights);
        GraphStructure y = new(ids, b.Roots, inputs.Labelled(first: false), b.Weights);
        GraphMatch.Run(x, y, inputs.Pairs, outputs.Pairs, found);
        return found.Build();
    }

    // What an input holds where a run gives it nothing.
    private static void Defaults(Graph a, Graph b, DifferenceBuilder found)
    {
        foreach (string name in a.Defaults.Keys.Union(b.Defaults.Keys).Order(StringComparer.Ordinal))
        {
            (string? first, string? second) = (LeafContent.Describe(a.Defaults.GetValueOrDefault(name)), LeafContent.Describe(b.Defaults.GetValueOrDefault(name)));
            if (first != second)
            {
                found.Interface($"default of input {name}", first, second);
            }
        }
    }

    private static Graph Plain(Graph graph) => WeightFolding.Fold(Pipelines.Plain.Run(graph, new PassContext()));

    private static IEnumerable<Change> Notes(OnnxModel first, OnnxModel second) =>
        Pairs("opset ", first.Opsets, second.Opsets).Concat(Pairs("metadata ", first.Graph.Metadata, second.Graph.Metadata))
            .Concat(Pairs("", first.Description, second.Description));

    private static IEnumerable<Change> Pairs<T>(string what, IReadOnlyDictionary<string, T> first, IReadOnlyDictionary<string, T> second) =>
        from key in first.Keys.Union(second.Keys).Order(StringComparer.Ordinal)
        let a = first.TryGetValue(key, out T? x) ? Convert.ToString(x, System.Globalization.CultureInfo.InvariantCulture) : null
        let b = second.TryGetValue(key, out T? y) ? Convert.ToString(y, System.Globalization.CultureInfo.InvariantCulture) : null
        where a != b
        select new Change($"{what}{key}", a, b);
}
