using System.Security.Cryptography;
using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What a graph holds that ONNX has no field for, as key and value pairs of the model.</summary>
internal static class ModelMetadata
{
    /// <summary>Keys of our own begin so.</summary>
    public const string Prefix = "ai.tessera.";

    /// <summary>SHA-256 of the model without its weights.</summary>
    public const string Hash = Prefix + "sha256";

    private const string Where = Prefix + "where";
    private const string Each = Prefix + "each";
    private const string Ragged = Prefix + "ragged";
    private const string Claims = Prefix + "claims";

    public static void Write(ModelProto model, Graph graph, IReadOnlyDictionary<string, string> more)
    {
        foreach ((string key, string value) in graph.Metadata.Concat(more).OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            Add(model, key, value);
        }

        if (graph.Constraints.Count > 0)
        {
            Add(model, Where, string.Join('\n', graph.Constraints));
        }

        if (graph.Each.Count > 0)
        {
            Add(model, Each, string.Join('\n', graph.Each));
        }

        if (graph.Builder.TakesClaims)
        {
            Add(model, Claims, "sizes");
        }

        if (graph.Ragged.Count > 0)
        {
            Add(model, Ragged, string.Join('\n', graph.Ragged));
        }
    }

    public static void Add(ModelProto model, string key, string value) =>
        model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });

    /// <summary>Whether the model is, byte for byte but for its weights, what our emitter wrote.</summary>
    public static bool IsOurs(ModelProto model)
    {
        if (model.MetadataProps is not [.., { Key: Hash, Value: var hash }])
        {
            return false;
        }

        ModelProto bare = model.Clone();
        bare.MetadataProps.RemoveAt(bare.MetadataProps.Count - 1);
        foreach (TensorProto tensor in bare.Graph.Initializer)
        {
            tensor.ClearRawData();
            tensor.ClearDataLocation();
            tensor.ExternalData.Clear();
        }

        return HashOf(bare) == hash;
    }

    /// <summary>SHA-256 of a model whose weights have no bytes.</summary>
    public static string HashOf(ModelProto bare) => Convert.ToHexStringLower(SHA256.HashData(bare.ToByteArray()));

    /// <summary>Whether we wrote it from a model whose sizes are claims: nothing that we did has proved them.</summary>
    public static bool HasClaims(ModelProto model) => Lines(model, Claims).Any();

    public static IEnumerable<Constraint> Constraints(ModelProto model) => Lines(model, Where).Select(Constraint.Parse);

    public static IReadOnlyList<Constraint> OfEachExample(ModelProto model) => [.. Lines(model, Each).Select(Constraint.Parse)];

    public static IReadOnlyList<string> RaggedSymbols(ModelProto model) => [.. Lines(model, Ragged)];

    /// <summary>The pairs that are not our own; of a key that is given more than once, the last.</summary>
    public static IReadOnlyDictionary<string, string> Others(ModelProto model)
    {
        SortedDictionary<string, string> pairs = new(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in Foreign(model))
        {
            pairs[entry.Key] = entry.Value;
        }

        return pairs;
    }

    /// <summary>Keys of such pairs that are given more than once.</summary>
    public static IReadOnlyList<string> Repeated(ModelProto model) =>
        [.. Foreign(model).GroupBy(static e => e.Key, StringComparer.Ordinal).Where(static g => g.Count() > 1).Select(static g => g.Key)];

    private static IEnumerable<StringStringEntryProto> Foreign(ModelProto model) =>
        model.MetadataProps.Where(static e => !e.Key.StartsWith(Prefix, StringComparison.Ordinal));

    private static IEnumerable<string> Lines(ModelProto model, string key) =>
        model.MetadataProps.FirstOrDefault(e => e.Key == key)?.Value.Split('\n') ?? [];
}
