using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Ops of <c>ai.onnx.ml</c> whose tables stand in lists of several types.</summary>
internal static class LearningTranslations
{
    private const string Domain = "ai.onnx.ml";

    public static IEnumerable<Translation> All =>
    [
        new("LabelEncoder", LabelEncoder) { Since = 2, Domain = Domain },
        new("CategoryMapper", Mapped) { Domain = Domain },
    ];

    private static IReadOnlyList<Value?>? LabelEncoder(NodeView node)
    {
        if (Table(node, "keys") is not { } keys || Table(node, "values") is not { } values)
        {
            return null;
        }

        TensorContent? absent = node.Attribute("default_tensor")?.T is { } tensor ? AttributeReader.Content(tensor) : values.DType switch
        {
            DType.String => TensorContent.FromStrings([1], [node.Text("default_string", "_Unused")]),
            DType.I64 => TensorContent.Vector(node.Int("default_int64", -1)),
            DType.F32 => TensorContent.From(DType.F32, [1], [(float)node.Float("default_float", -0.0)]),
            DType.F64 => TensorContent.From(DType.F64, [1], [-0.0]),
            DType.I16 => TensorContent.From(DType.I16, [1], [(short)-1]),
            _ => null,
        };
        return absent is null ? null : [node.Emit(new LabelEncoder(node.Operand(0)) { Keys = keys, Values = values, Default = absent })];
    }

    // Between numbers and texts, in the direction that x has not.
    private static IReadOnlyList<Value?>? Mapped(NodeView node)
    {
        if (Table(node, "cats", "strings") is not { } texts || Table(node, "cats", "int64s") is not { } numbers || texts.Count != numbers.Count)
        {
            return null;
        }

        Value x = node.Operand(0);
        return
        [
            node.Emit(x.DType == DType.String
                ? new LabelEncoder(x) { Keys = texts, Values = numbers, Default = TensorContent.Vector(node.Int("default_int64", -1)) }
                : new LabelEncoder(x) { Keys = numbers, Values = texts, Default = TensorContent.FromStrings([1], [node.Text("default_string", "_Unused")]) }),
        ];
    }

    private static TensorContent? Table(NodeView node, string name, string kind) => kind == "strings"
        ? node.Strings($"{name}_strings") is { } strings ? TensorContent.FromStrings([strings.Length], strings) : null
        : node.Ints($"{name}_int64s") is { } ints ? TensorContent.Vector(ints) : null;

    private static TensorContent? Table(NodeView node, string name) =>
        node.Attribute($"{name}_tensor")?.T is { } tensor ? AttributeReader.Content(tensor)
        : node.Strings($"{name}_strings") is { } strings ? TensorContent.FromStrings([strings.Length], strings)
        : node.Ints($"{name}_int64s") is { } ints ? TensorContent.Vector(ints)
        : node.Floats($"{name}_floats") is { } floats ? TensorContent.From<float>(DType.F32, [floats.Length], floats)
        : null;
}
