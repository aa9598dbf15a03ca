using Google.Protobuf.Collections;
using Tessera.Compiler.Conformance;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler.Tests.Conformance;

/// <summary>A model under other names: those of nodes and values, in subgraphs and functions too, drawn at random.</summary>
internal sealed class Renaming(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>The test with its model renamed, on the same values.</summary>
    public static NodeTest Of(NodeTest test, int seed)
    {
        Renaming renaming = new(seed);
        ModelProto model = test.Model.Clone();
        Names names = renaming.Rename(model.Graph, outer: null);
        foreach (FunctionProto function in model.Functions)
        {
            renaming.Rename(function);
        }

        return new NodeTest(test.Name, model,
        [
            .. test.Data().Select(set => set with { Inputs = set.Inputs.ToDictionary(i => names.Of(i.Key), static i => i.Value, StringComparer.Ordinal) }),
        ]);
    }

    private Names Rename(GraphProto graph, Names? outer)
    {
        Names names = new(this, outer);
        graph.Name = Fresh();
        foreach (ValueInfoProto value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
        {
            value.Name = names.Declare(value.Name);
        }

        foreach (TensorProto tensor in graph.Initializer.Concat(graph.SparseInitializer.Select(static s => s.Values)))
        {
            tensor.Name = names.Declare(tensor.Name);
        }

        foreach (TensorAnnotation annotation in graph.QuantizationAnnotation)
        {
            annotation.TensorName = names.Of(annotation.TensorName);
        }

        Rename(graph.Node, names);
        return names;
    }

    private void Rename(FunctionProto function)
    {
        Names names = new(this, outer: null);
        Replace(function.Input, names.Declare);
        Replace(function.Output, names.Declare);
        foreach (ValueInfoProto value in function.ValueInfo)
        {
            value.Name = names.Declare(value.Name);
        }

        Rename(function.Node, names);
    }

    private void Rename(RepeatedField<NodeProto> nodes, Names names)
    {
        foreach (NodeProto node in nodes)
        {
            node.Name = Fresh();
            Replace(node.Input, names.Of);
            foreach (GraphProto graph in node.Attribute.SelectMany(static a => a.G is { } one ? a.Graphs.Prepend(one) : a.Graphs))
            {
                Rename(graph, names);
            }

            Replace(node.Output, names.Declare);
        }
    }

    private static void Replace(RepeatedField<string> list, Func<string, string> map)
    {
        for (int i = 0; i < list.Count; i++)
        {
            list[i] = map(list[i]);
        }
    }

    // Names may hold anything; some look like those of ours.
    private string Fresh() => $"{"xyvn"[_random.Next(4)]}{_random.NextInt64():x}{(_random.Next(3) == 0 ? "/weight" : _random.Next(3) == 0 ? ":0" : "")}";

    /// <summary>Names of one graph; what it does not declare is that of the graph around it.</summary>
    private sealed class Names(Renaming owner, Names? outer)
    {
        private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

        public string Declare(string name) => name.Length == 0 ? "" : _names.TryGetValue(name, out string? known) ? known : _names[name] = owner.Fresh();

        public string Of(string name) => name.Length == 0 ? "" : _names.TryGetValue(name, out string? known) ? known : outer is not null ? outer.Of(name) : Declare(name);
    }
}
