using System.Text.Json;

namespace Tessera.Gpu.Models;

/// <summary>
/// What ONNX Runtime's profile says of nodes: a list of events, of which those named <c>NODE_kernel_time</c> are runs of a kernel and carry the provider, the
/// op and the shapes in <c>args</c>. Bodies of control flow are there too.
/// </summary>
internal static class NodeProfile
{
    private const string KernelTime = "_kernel_time";

    /// <summary>Every different run of a node: one that ran twice on tensors of the same sizes is there once.</summary>
    public static IReadOnlyList<ProfiledNode> Read(Stream json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray()
                .Where(static e => Text(e, "cat") == "Node" && Text(e, "name").EndsWith(KernelTime, StringComparison.Ordinal))
                .Select(static e => Node(Text(e, "name")[..^KernelTime.Length], e.TryGetProperty("args", out JsonElement args) ? args : default))
                .DistinctBy(static n => $"{n.Provider} {n}"),
        ];
    }

    private static ProfiledNode Node(string name, JsonElement args) =>
        new(name.Length > 0 ? name : $"#{Text(args, "node_index")}", Text(args, "op_name"), Text(args, "provider"), Tensors(args, "input_type_shape"), Tensors(args, "output_type_shape"));

    // [{"float":[2,3]},{"int64":[]}]
    private static ProfiledTensor[] Tensors(JsonElement args, string name) => args.ValueKind == JsonValueKind.Object && args.TryGetProperty(name, out JsonElement tensors)
        ? [.. tensors.EnumerateArray().SelectMany(static t => t.EnumerateObject()).Select(static t => new ProfiledTensor(t.Name, [.. t.Value.EnumerateArray().Select(static d => d.GetInt64())]))]
        : [];

    private static string Text(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
}
