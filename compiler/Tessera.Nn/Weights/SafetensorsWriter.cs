using System.Buffers.Binary;
using System.Text.Json;
using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>Writes safetensors files: deterministic bytes, streamed, in place only once complete.</summary>
public static class SafetensorsWriter
{
    private const int Alignment = 8;

    /// <summary>
    /// Tensors are ordered by the width of their type, widest first, then by name, so that each is aligned; metadata by key.
    /// </summary>
    /// <exception cref="TesseraException">TSR0638: a weight has a type or name the format lacks. TSR0431: the file cannot be written.</exception>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, WeightSource>> weights,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellation = default)
    {
        KeyValuePair<string, WeightSource>[] ordered =
            [.. weights.OrderByDescending(static w => w.Value.DType.Bits()).ThenBy(static w => w.Key, StringComparer.Ordinal)];
        Check(path, ordered);
        var header = Header(ordered, metadata ?? new Dictionary<string, string>());
        if (header.Length > SafetensorsHeader.MaxBytes)
            throw new TesseraException("TSR0638", path, $"the header takes {header.Length} bytes; at most {SafetensorsHeader.MaxBytes} are allowed.");
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (_, source) in ordered) source.CopyTo(stream, cancellation: cancellation);
        });
    }

    private static void Check(string path, KeyValuePair<string, WeightSource>[] weights)
    {
        HashSet<string> names = ["__metadata__"];
        foreach (var (name, source) in weights)
        {
            if (!names.Add(name))
                throw new TesseraException("TSR0638", path, name == "__metadata__" ? "no weight can be named '__metadata__'." : $"two weights are named '{name}'.");
            if (SafetensorsTypes.Name(source.DType) is null)
                throw new TesseraException("TSR0638", path, $"weight '{name}' is of type {source.DType.Text()}, which safetensors has not.");
        }
    }

    private static byte[] Header(KeyValuePair<string, WeightSource>[] weights, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(static p => p.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var (name, source) in weights) offset = WriteEntry(json, name, source, offset);
            json.WriteEndObject();
        }

        // Spaces after the object keep the first tensor aligned: its bytes start 8 + length into the file.
        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter json, string name, WeightSource source, long offset)
    {
        var end = checked(offset + source.ByteLength);
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsTypes.Name(source.DType));
        json.WriteStartArray("shape");
        foreach (var dim in source.Dims) json.WriteNumberValue(dim);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        return end;
    }
}
