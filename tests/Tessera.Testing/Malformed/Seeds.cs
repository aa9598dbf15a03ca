using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Testing.Malformed;

/// <summary>Sound models to be damaged.</summary>
public static class Seeds
{
    private const int LargestModel = 64 << 10;

    /// <summary>The samples of all ops as the emitter writes them, the odd ones of the corpus, and those in a folder.</summary>
    public static IEnumerable<byte[]> All(string? folder) =>
    [
        .. OpRegistry.All.SelectMany(static schema => schema.Samples?.Invoke() ?? []).Select(Emitted).OfType<byte[]>(),
        .. MalformedCase.All.Where(static c => c.Model is not null).Select(static c => c.Model!.ToByteArray()).Where(static b => b.Length < LargestModel && IsFlat(b)),
        .. folder is null ? [] : Directory.EnumerateFiles(folder, "*.onnx", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Where(static f => new FileInfo(f).Length < LargestModel).Select(File.ReadAllBytes),
    ];

    // The mutator parses as the library does when it is not asked for more depth.
    private static bool IsFlat(byte[] bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes) is not null;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    // A sample that has no form in the newest opset is none of these.
    private static byte[]? Emitted(OpSample sample)
    {
        try
        {
            return OnnxEmitter.Emit(SampleInputs.Graph(sample), new EmitOptions { Target = EmitTarget.Portable }).ToBytes();
        }
        catch (TesseraException)
        {
            return null;
        }
    }
}
