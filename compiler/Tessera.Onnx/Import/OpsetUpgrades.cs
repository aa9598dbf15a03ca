using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Onnx;

/// <summary>
/// Nodes of an old opset that are carried through, said anew in a later one: what were attributes are constant inputs, what was
/// one operator is several. So a node that nothing is known of does not hold the whole model at its opset.
/// </summary>
internal static class OpsetUpgrades
{
    /// <summary>The nodes that say the same, the last with the node's results, and the version that they are of; null where none is known.</summary>
    public static (IReadOnlyList<NodeProto> Nodes, long Version)? Of(NodeProto node, IrType? x) => node.OpType switch
    {
        "Squeeze" or "Unsqueeze" or "ReduceSum" => (AsInputs(node, null, "axes"), 13),
        "Split" when node.Attribute.Any(static a => a.Name == "split") => (AsInputs(node, null, "split"), 13),
        "Split" => ([With(node, new AttributeProto { Name = "num_outputs", Type = Kind.Int, I = node.Output.Count })], 18),
        _ when node.OpType.StartsWith("Reduce", StringComparison.Ordinal) => (AsInputs(node, null, "axes"), 18),
        "Slice" => (AsInputs(node, null, "starts", "ends", "axes"), 10),
        "TopK" => (AsInputs(node, null, "k"), 11),
        "Clip" when x is TensorType { DType: not DType.Undefined } tensor => (AsInputs(node, tensor.DType, "min", "max"), 13),
        "Pad" when x is TensorType { DType: not DType.Undefined } tensor => (AsInputs(node, tensor.DType, "pads", "value"), 13),
        "Scatter" => ([Named(node, "ScatterElements")], 11),
        "Dropout" => ([Without(node, "ratio")], 13),
        "Hardmax" or "Softmax" or "LogSoftmax" => (OverRows(node), 13),
        "Upsample" when node.Attribute.All(static a => a.Name != "height_scale") => (Resized(node), 13),
        _ => null,
    };

    // No name of a model holds NUL: what is made here cannot be taken for anything of the model's.
    private static string Made(NodeProto node, string part) => $"\0{node.Output.FirstOrDefault(static o => o.Length > 0)}/{part}";

    private static string Place(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault(static o => o.Length > 0) ?? "";

    private static List<NodeProto> AsInputs(NodeProto node, DType? dtype, params string[] attributes)
    {
        List<NodeProto> nodes = [];
        NodeProto after = Without(node, attributes);
        foreach (string name in attributes)
        {
            if (node.Attribute.FirstOrDefault(a => a.Name == name) is { } attribute)
            {
                nodes.Add(Constant(node, name, Content(attribute, dtype)));
                after.Input.Add(nodes[^1].Output[0]);
            }
            else if (name != attributes[^1])
            {
                after.Input.Add("");
            }
        }

        return [.. nodes, after];
    }

    private static TensorContent Content(AttributeProto attribute, DType? dtype) => attribute.Type switch
    {
        Kind.Float => RefTensors.ToContent(RefTensor.Floats(dtype!.Value, [], [attribute.F])),
        Kind.Floats => TensorContent.From<float>(DType.F32, [attribute.Floats.Count], [.. attribute.Floats]),
        Kind.Int => TensorContent.Vector(attribute.I),
        _ => TensorContent.Vector([.. attribute.Ints]),
    };

    private static NodeProto Constant(NodeProto node, string part, TensorContent content) =>
        new() { Name = Place(node), OpType = "Constant", Output = { Made(node, part) }, Attribute = { AttributeWriter.Write("value", content) } };

    // All axes from the given one on were one: rows of a matrix.
    private static List<NodeProto> OverRows(NodeProto node)
    {
        (string place, string x) = (Place(node), node.Input[0]);
        NodeProto flat = new() { Name = place, OpType = "Flatten", Input = { x }, Output = { Made(node, "flat") } };
        flat.Attribute.AddRange(node.Attribute.Where(static a => a.Name == "axis"));
        NodeProto rows = Without(node, "axis");
        rows.Attribute.Add(new AttributeProto { Name = "axis", Type = Kind.Int, I = -1 });
        (rows.Input[0], rows.Output[0]) = (Made(node, "flat"), Made(node, "rows"));
        return
        [
            flat, rows, new NodeProto { Name = place, OpType = "Shape", Input = { x }, Output = { Made(node, "shape") } },
            new NodeProto { Name = place, OpType = "Reshape", Input = { Made(node, "rows"), Made(node, "shape") }, Output = { node.Output[0] } },
        ];
    }

    private static List<NodeProto> Resized(NodeProto node)
    {
        NodeProto named = Named(node, "Resize");
        List<NodeProto> nodes = [];
        if (node.Attribute.FirstOrDefault(static a => a.Name == "scales") is { } scales)
        {
            nodes.Add(Constant(node, "scales", Content(scales, null)));
            named.Input.Add(nodes[^1].Output[0]);
            named = Without(named, "scales");
        }

        named.Input.Insert(1, "");
        named.Attribute.Add(new AttributeProto { Name = "coordinate_transformation_mode", Type = Kind.String, S = Google.Protobuf.ByteString.CopyFromUtf8("asymmetric") });
        named.Attribute.Add(new AttributeProto { Name = "nearest_mode", Type = Kind.String, S = Google.Protobuf.ByteString.CopyFromUtf8("floor") });
        return [.. nodes, named];
    }

    private static NodeProto With(NodeProto node, AttributeProto attribute)
    {
        NodeProto copy = node.Clone();
        copy.Attribute.Add(attribute);
        return copy;
    }

    private static NodeProto Named(NodeProto node, string opType)
    {
        NodeProto copy = node.Clone();
        copy.OpType = opType;
        return copy;
    }

    private static NodeProto Without(NodeProto node, params string[] attributes)
    {
        NodeProto copy = node.Clone();
        foreach (AttributeProto attribute in node.Attribute.Where(a => attributes.Contains(a.Name)))
        {
            copy.Attribute.Remove(attribute);
        }

        return copy;
    }
}
