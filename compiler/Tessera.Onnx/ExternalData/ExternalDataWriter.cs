using System.Globalization;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Streams weights into one file and points their tensors at it.</summary>
public static class ExternalDataWriter
{
    /// <summary>A page: what ONNX asks for so that a runtime can map a tensor.</summary>
    public const int PageAlignment = 4096;

    /// <summary>For tensors too small to be worth a page: a cache line, and the widest vector.</summary>
    public const int SmallAlignment = 64;

    private const long SmallTensor = 64 << 10;

    /// <summary>Writes the weights in their order, gaps filled with zeros, and sets location, offset and length of each tensor.</summary>
    public static void Write(Stream stream, string location, IEnumerable<PendingWeight> weights, CancellationToken cancellation = default)
    {
        var offset = 0L;
        foreach (var (tensor, source) in weights)
        {
            var length = source.ByteLength;
            var start = Align(offset, length < SmallTensor ? SmallAlignment : PageAlignment);
            stream.Write(new byte[start - offset]);
            source.CopyTo(stream, cancellation: cancellation);
            Point(tensor, location, start, length);
            offset = start + length;
        }
    }

    /// <summary>Gives what <see cref="Write"/> pointed at another name.</summary>
    internal static void Rename(IEnumerable<PendingWeight> weights, string location)
    {
        foreach (var (tensor, _) in weights) tensor.ExternalData.Single(static e => e.Key == "location").Value = location;
    }

    private static long Align(long offset, long alignment) => (offset + alignment - 1) / alignment * alignment;

    private static void Point(TensorProto tensor, string location, long offset, long length)
    {
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        Add("location", location);
        Add("offset", offset.ToString(CultureInfo.InvariantCulture));
        Add("length", length.ToString(CultureInfo.InvariantCulture));

        void Add(string key, string value) => tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
    }
}
