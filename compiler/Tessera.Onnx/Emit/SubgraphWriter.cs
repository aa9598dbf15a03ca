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
        GraphProto? said = (op.Remark as NodeRemark)?.Subgraph(name);
        GraphProto graph = new() { Name = said is { Name.Length: > 0 } ? said.Name : $"{owner}.{name}" };
        foreach (Value parameter in region.Parameters.Take(own))
        {
            string input = scope.Names.Take(parameter) ?? scope.Names.Node(owner, "in");
            scope.Bind(parameter, input);
            ValueInfoProto info = TypeWriter.ValueInfo(input, parameter.Type);
            Words.Write((parameter.Remark as ValueRemark)?.Said ?? new ValueInfoProto(), info);
            graph.Input.Add(info);
        }

        for (int i = 0; i < captures.Length; i++)
        {
            scope.Bind(region.Parameters[own + i], outer.NameOf(captures[i]!));
        }

        nodes.Write(region.Results, scope, region.Builder.Facts, static _ => null);
        WriteResults(region, scope, graph, owner, said);
        graph.Node.AddRange(scope.Nodes);
        graph.ValueInfo.AddRange(scope.Said.Where(v => graph.Output.All(o => o.Name != v.Name)));
        if (said is not null)
        {
            Words.Write(said, graph);
        }

        return new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph };
    }

    // A result must be made inside, and each must have a name of its own.
    private static void WriteResults(Region region, EmitScope scope, GraphProto graph, string owner, GraphProto? said)
    {
        HashSet<Value> seen = [];
        for (int i = 0; i < region.Results.Count; i++)
        {
            Value result = region.Results[i];
            ValueInfoProto? words = said?.Output.Count == region.Results.Count ? said.Output[i] : null;
            bool made = result.Producer is not Input && seen.Add(result);
            string name = made ? scope.NameOf(result)
                : words is not null && scope.Names.Reserve(words.Name) ? scope.Rename(scope.NameOf(result), words.Name)
                : scope.AddHelper(owner, "Identity", [scope.NameOf(result)]);
            ValueInfoProto info = TypeWriter.ValueInfo(name, Claimed(region, result.Type, words));
            Words.Write(words ?? new ValueInfoProto(), info);
            graph.Output.Add(info);
        }
    }

    // Of a loop that makes no round, a runtime knows the sizes of what it would have gathered by what the body says of its results
    // alone: a number that the model claims, where only a run tells the size, is said again.
    private static IrType Claimed(Region region, IrType type, ValueInfoProto? words) =>
        words?.Type is { } said && type is TensorType { Shape: { } shape } tensor
            && TypeReader.Read(said, words.Name) is TensorType { Shape: { } claimed } && claimed.Rank == shape.Rank
            ? tensor with { Shape = [.. shape.Select((d, axis) => claimed[axis].ConstValue is not null && region.Builder.IsDataDependent(d) ? claimed[axis] : d)] }
            : type;
}
