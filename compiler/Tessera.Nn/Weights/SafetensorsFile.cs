using System.Buffers.Binary;
using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>A safetensors file: 8 bytes of header length, a JSON header, then the bytes of all tensors without a gap. Memory-mapped.</summary>
/// <remarks>Format: https://huggingface.co/docs/safetensors. Everything the header claims is checked before any tensor is handed out.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int LengthBytes = 8;

    private readonly MappedFile _file;

    private SafetensorsFile(MappedFile file, WeightSet weights, IReadOnlyDictionary<string, string> metadata) =>
        (_file, Weights, Metadata) = (file, weights, metadata);

    /// <summary>The tensors, in the order of their bytes.</summary>
    public WeightSet Weights { get; }

    /// <summary>Free text of the header's <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="TesseraException">TSR0430 to TSR0636: the file cannot be read or contradicts itself.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Ends the mapping: weights cut from this file can no longer be read.</summary>
    public void Dispose() => _file.Dispose();

    private static SafetensorsFile Read(MappedFile file)
    {
        var json = new byte[HeaderLength(file)];
        file.Read(LengthBytes, json);
        var header = SafetensorsHeader.Parse(file.Path, json);
        var data = LengthBytes + (long)json.Length;
        SafetensorsEntry[] entries = [.. header.Entries.OrderBy(static e => e.Begin).ThenBy(static e => e.End)];
        CheckCoverage(file, entries, file.Length - data);
        return new SafetensorsFile(
            file,
            new WeightSet(file.Path, entries.Select(e => KeyValuePair.Create(e.Name, file.Weight(e.DType, e.Dims, data + e.Begin)))),
            header.Metadata);
    }

    private static int HeaderLength(MappedFile file)
    {
        if (file.Length < LengthBytes)
            throw Error(file, "TSR0631", $"a safetensors file starts with {LengthBytes} bytes of header length; it has {file.Length} bytes.", "The file may be truncated.");
        Span<byte> bytes = stackalloc byte[LengthBytes];
        file.Read(0, bytes);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > SafetensorsHeader.MaxBytes)
            throw Error(file, "TSR0631", $"the header claims {length} bytes; at most {SafetensorsHeader.MaxBytes} are allowed.", "It may not be a safetensors file.");
        return (long)length <= file.Length - LengthBytes
            ? (int)length
            : throw Error(file, "TSR0631", $"the header claims {length} bytes; the file has {file.Length - LengthBytes} after its length.", "The file may be truncated.");
    }

    /// <summary>Each tensor has the bytes its type and shape ask for, and all together cover the data once.</summary>
    private static void CheckCoverage(MappedFile file, IReadOnlyList<SafetensorsEntry> entries, long dataBytes)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin > entry.End || entry.End > dataBytes)
            {
                throw Error(file, "TSR0635", $"tensor '{entry.Name}' lies at [{entry.Begin}, {entry.End}) of {dataBytes} bytes of data.",
                    entry.End > dataBytes ? "The file may be truncated." : null);
            }

            var bytes = ByteCount(file, entry);
            if (bytes != entry.End - entry.Begin)
                throw Error(file, "TSR0635", $"tensor '{entry.Name}' is {Text(entry)}, {bytes} bytes; its offsets span {entry.End - entry.Begin}.");
            if (entry.Begin != end)
            {
                throw Error(file, "TSR0636", entry.Begin < end
                    ? $"tensor '{entry.Name}' starts at {entry.Begin}, inside the one before it, which ends at {end}."
                    : $"the bytes from {end} to {entry.Begin}, before tensor '{entry.Name}', belong to no tensor.");
            }

            end = entry.End;
        }

        if (end != dataBytes)
            throw Error(file, "TSR0636", $"the bytes from {end} to {dataBytes} belong to no tensor.");
    }

    private static long ByteCount(MappedFile file, SafetensorsEntry entry)
    {
        try
        {
            var count = entry.Dims.Aggregate(1L, static (a, b) => checked(a * Math.Max(b, 1)));
            var bytes = entry.DType.ByteCount(count);
            return entry.Dims.Contains(0) ? 0 : bytes;
        }
        catch (OverflowException error)
        {
            throw new TesseraException("TSR0635", file.Path, $"tensor '{entry.Name}' is {Text(entry)}, more bytes than 64 bits can count.", inner: error);
        }
    }

    private static string Text(SafetensorsEntry entry) => $"{entry.DType.Text()}[{string.Join(", ", entry.Dims)}]";

    private static TesseraException Error(MappedFile file, string code, string message, string? hint = null) => new(code, file.Path, message, hint);
}
