using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Regions as subgraphs. The last parameters of a region are the captures of the op that holds it; ONNX lets a subgraph use
/// outer names, so these are no inputs of the subgraph.
/// </summary>
internal sealed class SubgraphWriter(NodeWriter nodes, EmitScope outer)
{
    public AttributeProto Write(string name, Op op, Region region, string owner)
    {
        EmitScope scope = new(outer.Names, outer, region.Builder.IsDataDependent);
        Value?[] captures = [.. op.Operands.TakeLast(((IRegionOp)op).CaptureCount)];
        int own = region.Parameters.Count - captures.Length;
        GraphProto graph = new() { Name = $"{owner}.{name}" };
        foreach (Value parameter in region.Parameters.Take(own))
        {
            string input = scope.Names.Node(owner, "in");
            scope.Bind(parameter, input);
            graph.Input.Add(TypeWriter.ValueInfo(input, parameter.Type));
        }

        for (int i = 0; i < captures.Length; i++)
        {
            scope.Bind(region.Parameters[own + i], outer.NameOf(captures[i]!));
        }

        nodes.Write(region.Results, scope, region.Builder.Facts, static _ => null);
        WriteResults(region, scope, graph, owner);
        graph.Node.AddRange(scope.Nodes);
        return new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph };
    }

    // A result must be made inside, and each must have a name of its own.
    private static void WriteResults(Region region, EmitScope scope, GraphProto graph, string owner)
    {
        HashSet<Value> seen = [];
        foreach (Value result in region.Results)
        {
            bool made = result.Producer is not Input && seen.Add(result);
            string name = made ? scope.NameOf(result) : scope.AddHelper(owner, "Identity", [scope.NameOf(result)]);
            graph.Output.Add(TypeWriter.ValueInfo(name, result.Type));
        }
    }
}
