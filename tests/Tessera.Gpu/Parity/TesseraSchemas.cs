using Tessera.Ir;
using Tessera.Ir.Onnx;

namespace Tessera.Gpu.Parity;

/// <summary>The ops of <c>ai.tessera</c>.</summary>
internal static class TesseraSchemas
{
    /// <summary>Each with its name in ONNX, in the order of those.</summary>
    public static IReadOnlyList<(string Name, OpSchema Schema)> All { get; } =
    [
        .. OpRegistry.All
            .SelectMany(static s => (s.Onnx?.Rows ?? []).Where(static r => r.Domain == OnnxMapping.TesseraDomain).Select(r => (Name: r.OpType, Schema: s)))
            .DistinctBy(static p => p.Name).OrderBy(static p => p.Name, StringComparer.Ordinal),
    ];

    /// <summary>The first op of a graph that is one of them.</summary>
    public static Op Of(Graph graph) => graph.PostOrder().First(static op => All.Any(p => p.Schema.OpType == op.GetType()));
}
