using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Nodes that no op here stands for, as ops that carry their bytes.</summary>
internal static class OpaqueReader
{
    public static IReadOnlyList<Value?> Read(NodeProto node, long version, long until, IReadOnlyList<ReadValue?> inputs, ReadScope scope, ReadContext context, SourceLocation source)
    {
        int[] positions = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i] is not null)];
        int[] outlets = [.. Enumerable.Range(0, node.Output.Count).Where(i => node.Output[i].Length > 0)];
        string[] captures = [.. SubgraphNames.Captured(node)];
        NodeProto bare = node.Clone();
        bare.ClearName();
        bare.Input.Clear();
        bare.Output.Clear();
        bare.DeviceConfigurations.Clear();
        ExternalTensors.Inline(bare, context.External);
        Opaque op = new([.. positions.Select(i => scope.Materialize(inputs[i]!)), .. captures.Select(name => Captured(name, node, scope, context))])
        {
            Domain = node.Domain is "ai.onnx" ? "" : node.Domain,
            OpType = node.OpType,
            Version = version,
            Until = until,
            Node = TensorContent.FromBytes(DType.U8, [bare.CalculateSize()], bare.ToByteArray()),
            Results = [.. outlets.Select(i => CarriedTypes.Known(context.Claims.TypeOf(node.Output[i]), CarriedTypes.Of(node, inputs, i)))],
            Positions = [.. positions.Select(static i => (long)i)],
            Outlets = [.. outlets.Select(static i => (long)i)],
            Captures = [.. captures],
            Id = scope.Builder.UniqueId(),
        };
        IReadOnlyList<Value> results = scope.Builder.EmitAll(op, source);
        Value?[] spread = new Value?[node.Output.Count];
        for (int i = 0; i < outlets.Length; i++)
        {
            spread[outlets[i]] = results[i];
        }

        return spread;
    }

    private static Value Captured(string name, NodeProto node, ReadScope scope, ReadContext context) => scope.Find(name) is { } value
        ? scope.Materialize(value)
        : throw new TesseraException("TSR0811", context.Place(node), $"its subgraph uses '{name}', which nothing before it makes.");
}
