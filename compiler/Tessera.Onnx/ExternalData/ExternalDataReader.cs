using System.Globalization;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Maps the files of external data in one folder, each once, and cuts the tensors out of them.</summary>
public sealed class ExternalDataReader(string folder) : IDisposable
{
    private readonly Dictionary<string, MappedFile> _files = [];
    private readonly Dictionary<string, DataRanges> _ranges = [];
    private readonly Lock _lock = new();

    /// <summary>Files that tensors were read from so far, by path.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_lock)
            {
                return [.. _files.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <exception cref="TesseraException">TSR0430: the file is not there. TSR0824: it lies elsewhere. TSR0825: offset or length are wrong.</exception>
    public WeightSource Open(TensorProto tensor)
    {
        var entries = Entries(tensor);
        if (!entries.TryGetValue("location", out var location))
            throw new TesseraException("TSR0825", tensor.Name, "the tensor is external but names no location.");
        var path = ExternalLocation.Resolve(folder, location, tensor.Name);
        var file = File(path);
        var offset = Number(tensor, entries, "offset") ?? 0;
        var bytes = TensorReader.ByteLength(tensor);
        var length = Number(tensor, entries, "length") ?? bytes;
        if (length != bytes)
            throw new TesseraException("TSR0825", tensor.Name, $"the tensor {TensorReader.Text(tensor)} takes {bytes} bytes; its external length is {length}.");
        if (offset > file.Length - length)
        {
            throw new TesseraException("TSR0825", tensor.Name,
                $"external data [{offset}, {(UInt128)offset + (UInt128)length}) leaves '{location}', which has {file.Length} bytes.", "The file may be truncated.");
        }

        if (Ranges(path).Overlapping(offset, length) is var (start, end))
        {
            throw new TesseraException("TSR0825", tensor.Name,
                $"external data [{offset}, {offset + length}) of '{location}' overlaps that of another tensor, [{start}, {end}).", "Tensors share all of their bytes or none.");
        }

        return file.Weight((DType)tensor.DataType, tensor.Dims, offset);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var file in _files.Values) file.Dispose();
            _files.Clear();
            _ranges.Clear();
        }
    }

    private MappedFile File(string path)
    {
        lock (_lock)
        {
            if (!_files.TryGetValue(path, out var file)) _files.Add(path, file = MappedFile.Open(path));
            return file;
        }
    }

    private DataRanges Ranges(string path)
    {
        lock (_lock)
        {
            if (!_ranges.TryGetValue(path, out var ranges)) _ranges.Add(path, ranges = new DataRanges());
            return ranges;
        }
    }

    private static Dictionary<string, string> Entries(TensorProto tensor)
    {
        Dictionary<string, string> entries = new(StringComparer.Ordinal);
        foreach (var entry in tensor.ExternalData)
        {
            if (!entries.TryAdd(entry.Key, entry.Value))
                throw new TesseraException("TSR0825", tensor.Name, $"the tensor's external data has '{entry.Key}' twice.");
        }

        return entries;
    }

    private static long? Number(TensorProto tensor, Dictionary<string, string> entries, string key)
    {
        if (!entries.TryGetValue(key, out var text)) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new TesseraException("TSR0825", tensor.Name, $"the tensor's external {key} is '{text}', not a number of bytes.");
    }
}
