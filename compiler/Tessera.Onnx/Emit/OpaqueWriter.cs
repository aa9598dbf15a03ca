using Google.Protobuf;
using Tessera.Ir.Ops;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Nodes that were carried through, written as they were read but for the names around and inside them.</summary>
internal static class OpaqueWriter
{
    public static NodeProto Node(Opaque op, EmitScope scope)
    {
        NodeProto node = Parse(op);
        for (int i = 0; i < op.Positions.Count; i++)
        {
            while (node.Input.Count < op.Positions[i])
            {
                node.Input.Add("");
            }

            node.Input.Add(scope.NameOf(op.Values[i]));
        }

        Dictionary<string, string> outer = new(StringComparer.Ordinal);
        for (int i = 0; i < op.Captures.Count; i++)
        {
            outer[op.Captures[i]] = scope.NameOf(op.Values[op.Positions.Count + i]);
        }

        SubgraphNames.Rename(node, outer, scope.Names.Unique);
        return node;
    }

    // As deep as a model may nest, which is deeper than the parser goes unasked.
    private static NodeProto Parse(Opaque op)
    {
        using MemoryStream stream = new(op.Node.Bytes.ToArray(), writable: false);
        using CodedInputStream input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, ModelFile.RecursionLimit);
        NodeProto node = new();
        node.MergeFrom(input);
        return node;
    }
}
