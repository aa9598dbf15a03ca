using System.Text.Json;
using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>A model in several safetensors files, tied together by a <c>*.safetensors.index.json</c> whose <c>weight_map</c> says which tensor lies in which.</summary>
public static class SafetensorsShards
{
    /// <summary>The tensors in the order of the index.</summary>
    /// <exception cref="TesseraException">TSR0637: the index is malformed, leaves its folder, or names tensors that its files lack.</exception>
    public static WeightSet Open(string indexPath)
    {
        var map = ReadMap(indexPath);
        var folder = Path.GetDirectoryName(Path.GetFullPath(indexPath))!;
        Dictionary<string, SafetensorsFile> shards = [];
        try
        {
            foreach (var shard in map.Select(static p => p.Value).Distinct())
                shards.Add(shard, SafetensorsFile.Open(Path.Combine(folder, shard)));
            return Gather(indexPath, map, shards);
        }
        catch
        {
            // What is left mapped cannot be deleted or replaced on some systems.
            foreach (var shard in shards.Values) shard.Dispose();
            throw;
        }
    }

    private static WeightSet Gather(string indexPath, List<KeyValuePair<string, string>> map, Dictionary<string, SafetensorsFile> shards)
    {
        string[] missing = [.. map.Where(p => !shards[p.Value].Weights.ContainsKey(p.Key)).Select(static p => $"'{p.Key}' in {p.Value}")];
        return missing is []
            ? new WeightSet(indexPath, map.Select(p => KeyValuePair.Create(p.Key, shards[p.Value].Weights[p.Key])))
            : throw Error(indexPath, $"the index names {missing.Length} tensors that its files lack: {WeightMismatch.Listed(missing)}.");
    }

    private static List<KeyValuePair<string, string>> ReadMap(string indexPath)
    {
        try
        {
            // Duplicate names would make it a matter of chance which file is read.
            using var document = JsonDocument.Parse(ReadBytes(indexPath), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            {
                throw Error(indexPath, "the index has no object 'weight_map'.");
            }

            return [.. map.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, ShardName(indexPath, p)))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Error(indexPath, $"the index is not valid JSON: {error.Message}", error);
        }
    }

    private static byte[] ReadBytes(string indexPath)
    {
        using var file = MappedFile.Open(indexPath);
        if (file.Length > SafetensorsHeader.MaxBytes)
            throw Error(indexPath, $"the index has {file.Length} bytes; at most {SafetensorsHeader.MaxBytes} are allowed.");
        var json = new byte[file.Length];
        file.Read(0, json);
        return json;
    }

    /// <summary>A shard lies beside its index: a downloaded index must not read elsewhere.</summary>
    private static string ShardName(string indexPath, JsonProperty entry)
    {
        var name = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "";
        return name is not ("" or "." or "..") && name.AsSpan().IndexOfAny("/\\:\0") < 0
            ? name
            : throw Error(indexPath, $"tensor '{entry.Name}' must lie in a file beside the index; it is said to lie in {entry.Value.GetRawText()}.");
    }

    private static TesseraException Error(string path, string message, Exception? inner = null) => new("TSR0637", path, message, inner: inner);
}
