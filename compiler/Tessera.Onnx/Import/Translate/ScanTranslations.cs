using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Scan of opset 8, whose states and inputs have a batch axis that the body has not: one scan over the examples of another over
/// the steps.
/// </summary>
internal static class ScanTranslations
{
    private const long WithoutBatch = 9;

    public static IEnumerable<Translation> All => [new("Scan", OverExamples) { Since = 8, Until = 9 }];

    // Examples of different lengths end at different steps, which no scan does.
    private static IReadOnlyList<Value?>? OverExamples(NodeView node)
    {
        if (node[0] is not null || node.Attribute("body") is not { G: not null } body || node.InputCount < 2)
        {
            return null;
        }

        // No name of a model holds NUL: nothing that the body captures is hidden.
        string[] names = [.. Enumerable.Range(1, node.InputCount - 1).Select(static i => $"\0{i}")];
        NodeProto steps = new() { OpType = "Scan" };
        steps.Input.AddRange(names);
        steps.Output.AddRange(Enumerable.Range(0, node.OutputCount).Select(static i => $"\0result{i}"));
        steps.Attribute.Add(body.Clone());
        steps.Attribute.Add(Number("num_scan_inputs", node.Int("num_scan_inputs", 0)));
        if (node.Ints("directions") is { } directions)
        {
            AttributeProto reversed = new() { Name = "scan_input_directions", Type = AttributeProto.Types.AttributeType.Ints };
            reversed.Ints.AddRange(directions);
            steps.Attribute.Add(reversed);
        }

        GraphProto example = new() { Name = "example" };
        example.Input.AddRange(names.Select(static n => new ValueInfoProto { Name = n }));
        example.Node.Add(steps);
        example.Output.AddRange(steps.Output.Select(static n => new ValueInfoProto { Name = n }));
        NodeProto examples = new() { OpType = "Scan", Name = node.Proto.Name };
        examples.Input.AddRange(node.Proto.Input.Skip(1));
        examples.Output.AddRange(node.Proto.Output);
        examples.Attribute.Add(new AttributeProto { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = example });
        examples.Attribute.Add(Number("num_scan_inputs", names.Length));
        node.Reader.Note(steps, WithoutBatch);
        return node.ReadAs(examples, WithoutBatch);
    }

    private static AttributeProto Number(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };
}
