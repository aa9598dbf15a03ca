using System.Text.Json;
using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Reads the JSON header of a safetensors file, believing none of it.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit.</summary>
    public const int MaxBytes = 100_000_000;

    private readonly string _path;

    private SafetensorsHeader(string path) => _path = path;

    public List<SafetensorsEntry> Entries { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <exception cref="TesseraException">TSR0632 to TSR0634: the header is not what the format asks for.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json)
    {
        var header = new SafetensorsHeader(path);
        try
        {
            header.ReadRoot(new Utf8JsonReader(json));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader reports text that is not UTF-8 as an invalid operation.
            throw header.Error("TSR0632", $"the header is not valid JSON: {error.Message}", error);
        }

        return header;
    }

    private void ReadRoot(Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "the header");
        HashSet<string> names = [];
        while (NextProperty(ref reader, "the header") is { } name)
        {
            if (!names.Add(name)) throw Error("TSR0633", $"the header names '{name}' twice.");
            if (name == "__metadata__") ReadMetadata(ref reader);
            else Entries.Add(ReadEntry(ref reader, name));
        }

        if (reader.Read()) throw Error("TSR0632", "the header goes on after its object has ended.");
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "'__metadata__'");
        while (NextProperty(ref reader, "'__metadata__'") is { } key)
        {
            Expect(ref reader, JsonTokenType.String, $"'__metadata__' entry '{key}'");
            if (!Metadata.TryAdd(key, reader.GetString()!)) throw Error("TSR0633", $"'__metadata__' names '{key}' twice.");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        var place = $"tensor '{name}'";
        Expect(ref reader, JsonTokenType.StartObject, place);
        (DType? dtype, long[]? dims, long[]? offsets) = (null, null, null);
        HashSet<string> keys = [];
        while (NextProperty(ref reader, place) is { } key)
        {
            if (!keys.Add(key)) throw Error("TSR0633", $"{place} has '{key}' twice.");
            switch (key)
            {
                case "dtype": dtype = ReadType(ref reader, name); break;
                case "shape": dims = ReadSizes(ref reader, $"the shape of {place}"); break;
                case "data_offsets": offsets = ReadSizes(ref reader, $"the offsets of {place}"); break;
                default: throw Error("TSR0632", $"{place} has the unknown key '{key}'.");
            }
        }

        return (dtype, dims, offsets) is ({ } type, not null, [var begin, var end])
            ? new SafetensorsEntry(name, type, dims, begin, end)
            : throw Error("TSR0632", $"{place} needs a dtype, a shape and two data_offsets; it has {Found(dtype, dims, offsets)}.");
    }

    private static string Found(DType? dtype, long[]? dims, long[]? offsets) =>
        $"{(dtype is null ? "no dtype" : "a dtype")}, {(dims is null ? "no shape" : "a shape")} and {offsets?.Length ?? 0} offsets";

    private DType ReadType(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, $"the dtype of tensor '{name}'");
        var text = reader.GetString()!;
        return SafetensorsTypes.TryParse(text, out var type)
            ? type
            : throw Error("TSR0634", $"tensor '{name}' has the dtype '{text}', which ONNX has not.");
    }

    private long[] ReadSizes(ref Utf8JsonReader reader, string place)
    {
        Expect(ref reader, JsonTokenType.StartArray, place);
        List<long> sizes = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                throw Error("TSR0632", $"{place} must hold whole numbers from 0 to 2^63 - 1.");
            sizes.Add(size);
        }

        return [.. sizes];
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string place)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw Error("TSR0632", $"{place} must be {Article(type)}; it is {Article(reader.TokenType)}.");
    }

    /// <summary>The next name of the object being read, or null at its end.</summary>
    private string? NextProperty(ref Utf8JsonReader reader, string place)
    {
        if (!reader.Read()) throw Error("TSR0632", $"{place} does not end.");
        return reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
    }

    private static string Article(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.None => "empty",
        _ => $"a {type}",
    };

    private TesseraException Error(string code, string message, Exception? inner = null) => new(code, _path, message, inner: inner);
}
