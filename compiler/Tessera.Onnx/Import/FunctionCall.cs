using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// A call of a model's own function, read as the nodes of its body under the opsets that the function imports. Names of the
/// body are its own; attributes that it takes are put in where its nodes refer to them.
/// </summary>
internal static class FunctionCall
{
    /// <summary>Deeper than any model nests its functions; a cycle is deeper.</summary>
    private const int DeepestNesting = 64;

    /// <exception cref="TesseraException">TSR0814: functions nest too deeply, or call each other in a circle. TSR0811: nothing makes a result.</exception>
    public static void Read(ReadContext context, NodeReader caller, FunctionProto function, NodeProto node, ReadScope scope)
    {
        if (caller.Depth >= DeepestNesting)
        {
            throw new TesseraException(
                "TSR0814", context.Place(node), $"functions nest deeper than {DeepestNesting} at {function.Domain}:{function.Name}.", "A function must not call itself.");
        }

        Dictionary<string, long> versions = OnnxReader.Versions(function.OpsetImport);
        NodeReader nodes = new(context, domain => versions.GetValueOrDefault(domain, caller.VersionOf(domain)), caller.Depth + 1, caller.Source(node).ModulePath);
        ReadScope inner = new(scope.Builder) { Caller = scope, Weights = scope.Weights };
        GraphReading.Note(function.ValueInfo, inner);
        for (int i = 0; i < function.Input.Count; i++)
        {
            if (i < node.Input.Count && !scope.IsMissing(node.Input[i]))
            {
                inner.Bind(function.Input[i], caller.Input(node, node.Input[i], scope));
            }
            else
            {
                inner.BindMissing(function.Input[i]);
            }
        }

        Dictionary<string, AttributeProto> given = Attributes(function, node);
        foreach (NodeProto body in function.Node)
        {
            nodes.Read(AttributeReferences.Resolve(body, given), inner);
        }

        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
            {
                scope.Bind(node.Output[i], i < function.Output.Count && inner.Find(function.Output[i]) is { } result
                    ? result
                    : throw new TesseraException("TSR0811", context.Place(node), $"nothing in {function.Domain}:{function.Name} makes its result {i}."));
            }
        }
    }

    private static Dictionary<string, AttributeProto> Attributes(FunctionProto function, NodeProto node)
    {
        Dictionary<string, AttributeProto> given = function.AttributeProto.ToDictionary(static a => a.Name, StringComparer.Ordinal);
        foreach (AttributeProto attribute in node.Attribute)
        {
            given[attribute.Name] = attribute;
        }

        return given;
    }
}
