using System.Collections.Frozen;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// At which versions of <c>ai.onnx</c> an operator changed so that a node of before says something else, or nothing: inputs in
/// place of attributes, other defaults, the operator gone. What only added types, attributes or inputs is no change.
/// </summary>
/// <remarks>From the change log of the ONNX operators, release 1.22.</remarks>
internal static class OpsetChanges
{
    /// <summary>The operator does not change any more.</summary>
    public const int Never = int.MaxValue;

    /// <param name="Version">The version that changed it.</param>
    /// <param name="Touches">Which nodes of before it changed; null for all.</param>
    private sealed record Change(int Version, Func<NodeProto, bool>? Touches = null);

    private static readonly FrozenDictionary<string, Change[]> s_changes = new Dictionary<string, Change[]>
    {
        ["BatchNormalization"] = [new(9, Has("spatial")), new(14, static n => n.Output.Count > 1)],
        ["Clip"] = [new(11, Has("min", "max"))],
        ["DFT"] = [new(20)],
        ["Dropout"] = [new(12, Has("ratio"))],
        ["GridSample"] = [new(20, Has("mode"))],
        ["GroupNormalization"] = [new(21)],
        ["Hardmax"] = [new(13)],
        ["LogSoftmax"] = [new(13)],
        ["Pad"] = [new(11)],
        ["ReduceSum"] = [new(13, Has("axes"))],
        ["Resize"] = [new(11)],
        ["RoiAlign"] = [new(16, static n => !Has("coordinate_transformation_mode")(n))],
        ["Scan"] = [new(9)],
        ["Scatter"] = [new(11)],
        ["Slice"] = [new(10)],
        ["Softmax"] = [new(13)],
        ["Split"] = [new(13, Has("split")), new(18, static n => n.Input.Count == 1 && !Has("num_outputs")(n))],
        ["Squeeze"] = [new(13, Has("axes"))],
        ["TopK"] = [new(10)],
        ["Unsqueeze"] = [new(13)],
        ["Upsample"] = [new(9), new(10)],
    }
    .Concat(Reductions.Select(static op => KeyValuePair.Create(op, new Change[] { new(18, Has("axes")) })))
    .ToFrozenDictionary();

    private static string[] Reductions =>
        ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"];

    /// <summary>The first version in which a node of <paramref name="version"/> no longer says the same; of an operator that is not known, the next.</summary>
    public static int Until(NodeProto node, long version)
    {
        if (node.Domain is not ("" or "ai.onnx"))
        {
            return Inner(node, version, Never);
        }

        // What changed before the oldest opset that is read does not stand here.
        if (!IsKnown(node.OpType) || version < EmitOptions.MinOpset)
        {
            return (int)Math.Min(version + 1, Never);
        }

        int until = s_changes.GetValueOrDefault(node.OpType, []).FirstOrDefault(c => c.Version > version && c.Touches?.Invoke(node) != false)?.Version ?? Never;
        return Inner(node, version, until);
    }

    // What stands in a subgraph is of the version of its node.
    private static int Inner(NodeProto node, long version, int until) => node.Attribute
        .SelectMany(static a => a.G is { } one ? a.Graphs.Prepend(one) : a.Graphs)
        .SelectMany(static g => g.Node)
        .Aggregate(until, (least, inner) => Math.Min(least, Until(inner, version)));

    private static bool IsKnown(string opType) => RowIndex.Knows("", opType) || Translations.Knows("", opType);

    private static Func<NodeProto, bool> Has(params string[] attributes) => node => node.Attribute.Any(a => attributes.Contains(a.Name));
}
