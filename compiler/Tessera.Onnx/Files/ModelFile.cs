using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Models as files: bytes that depend on the model alone, weights streamed, old files kept until the new are complete.</summary>
public static class ModelFile
{
    /// <summary>Deep enough for subgraphs nested sixty times, not so deep that a hostile file exhausts the stack.</summary>
    internal const int RecursionLimit = 256;

    /// <summary>What protobuf can count, less the lengths of the messages around the weights.</summary>
    private const long LargestMessage = int.MaxValue - (1 << 16);

    /// <summary>Bytes that tag and length of one raw_data add, and those by which they lengthen the lengths around it.</summary>
    private const long OverheadPerTensor = 32;

    /// <summary>Writes the model and, where <paramref name="options"/> or its size ask for it, its weights beside it. The model is left as it was.</summary>
    /// <exception cref="TesseraException">TSR0431: cannot be written. TSR0821: a weight does not fit its tensor. TSR0822: even without its weights it is too large.</exception>
    public static void Save(string path, ModelProto model, IReadOnlyList<PendingWeight> weights, SaveOptions options, CancellationToken cancellation = default)
    {
        foreach (var weight in weights) weight.Check();
        var smallest = FitsInline(model, weights, options) ? long.MaxValue : options.SmallestExternal;
        PendingWeight[] external = [.. weights.Where(w => w.Source.ByteLength >= smallest)];
        PendingWeight[] inline = [.. weights.Where(w => w.Source.ByteLength < smallest)];
        using var transaction = new FileTransaction();
        try
        {
            // The model comes last: it refers to the other file, not the other way round.
            var data = external is [] ? null : DataFile.Write(transaction, path, external, options, cancellation);
            CheckSize(path, SizeWith(model, inline));
            Inline(inline);
            transaction.Write(path, stream => model.WriteTo(stream));
            cancellation.ThrowIfCancellationRequested();
            transaction.Commit();
            DataFile.DeleteSuperseded(path, data);
        }
        finally
        {
            Clear(weights);
        }
    }

    /// <summary>The model with all weights inside, for a session made from memory. The model is left as it was.</summary>
    /// <exception cref="TesseraException">TSR0821: a weight does not fit its tensor. TSR0822: the model would pass 2 GB.</exception>
    public static byte[] ToBytes(ModelProto model, IReadOnlyList<PendingWeight> weights)
    {
        foreach (var weight in weights) weight.Check();
        CheckSize("", SizeWith(model, weights));
        try
        {
            Inline(weights);
            return model.ToByteArray();
        }
        finally
        {
            Clear(weights);
        }
    }

    /// <summary>Reads a model; its external data is mapped when it is asked for.</summary>
    /// <exception cref="TesseraException">TSR0430: cannot be read. TSR0820: it is not an ONNX model. TSR0830: it passes a limit.</exception>
    public static LoadedModel Load(string path, ReadLimits? limits = null)
    {
        var file = MappedFile.Open(path);
        try
        {
            if (file.Length > int.MaxValue)
                throw new TesseraException("TSR0820", path, $"the file has {file.Length} bytes; a model can have at most {int.MaxValue}.", "Larger models keep their weights in external data.");
            var model = Parse(file, limits ?? ReadLimits.Default, out var isMapped);
            var external = new ExternalDataReader(Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (isMapped) return new LoadedModel(model, external, file);
            file.Dispose();
            return new LoadedModel(model, external);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static ModelProto Parse(MappedFile file, ReadLimits limits, out bool isMapped)
    {
        try
        {
            var cut = new RawDataCut(file.AsMemory(), RecursionLimit, limits);
            using var stream = cut.Run();
            using var input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, RecursionLimit);
            var model = new ModelProto();
            model.MergeFrom(input);
            cut.Restore(model);
            isMapped = cut.IsMapped;
            return model.Graph is not null
                ? model
                : throw new TesseraException("TSR0820", file.Path, "the file holds no graph.", "It may not be an ONNX model.");
        }
        catch (TesseraException error) when (error.Place.Length == 0)
        {
            throw error.At(file.Path);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new TesseraException("TSR0820", file.Path, $"the file is not an ONNX model: {error.Message}", Hint(file), error);
        }
    }

    private static string Hint(MappedFile file)
    {
        var lfs = "version https://git-lfs"u8;
        Span<byte> start = stackalloc byte[lfs.Length];
        start = start[..(int)Math.Min(start.Length, file.Length)];
        file.Read(0, start);
        return start.SequenceEqual(lfs) ? "It is a Git LFS pointer: fetch the file itself." : "It may be truncated.";
    }

    private static bool FitsInline(ModelProto model, IReadOnlyList<PendingWeight> weights, SaveOptions options) =>
        weights.Sum(static w => w.Source.ByteLength) <= options.ExternalAbove && SizeWith(model, weights) <= LargestMessage;

    private static long SizeWith(ModelProto model, IReadOnlyList<PendingWeight> weights) =>
        model.CalculateSize() + weights.Sum(static w => w.Source.ByteLength + OverheadPerTensor);

    private static void CheckSize(string path, long size)
    {
        // A negative size is one that overflowed.
        if (size is < 0 or > LargestMessage)
            throw new TesseraException("TSR0822", path, "the model takes more than the 2 GB that an ONNX file can have.", "Move weights to external data.");
    }

    private static void Inline(IEnumerable<PendingWeight> weights)
    {
        var scratch = new LazyRawData.Scratch();
        foreach (var weight in weights) weight.Proto.RawData = LazyRawData.Of(weight.Source, scratch);
    }

    private static void Clear(IReadOnlyList<PendingWeight> weights)
    {
        foreach (var weight in weights)
        {
            weight.Proto.ClearRawData();
            weight.Proto.ClearDataLocation();
            weight.Proto.ExternalData.Clear();
        }
    }
}
