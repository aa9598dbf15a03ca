using System.Security.Cryptography;
using System.Text;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Nn.Weights;

namespace Tessera.Cli.Build;

/// <summary>
/// What a model follows from, as one hash: its graph of one example without provenance, weights, options and the compiler itself. A model whose key is
/// what it was is not compiled again, whatever was edited.
/// </summary>
internal static class ModelKey
{
    private const int Buffer = 1 << 20;

    // Content of the compiler's assemblies: another version, or another build of this one.
    private static readonly Lazy<string> s_tool = new(static () => string.Join(' ', new[]
    {
        typeof(Graph), typeof(WeightSet), typeof(Passes.Batching.BatchPass), typeof(Onnx.OnnxEmitter), typeof(ModelCompiler), typeof(ModelKey),
    }.Select(static t => t.Module.ModuleVersionId.ToString())));

    /// <summary>The key of a module's model.</summary>
    public static string OfModule(ModelRequest request, Graph single, IReadOnlyList<WeightSlot> slots, WeightSet? weights)
    {
        using IncrementalHash hash = Start(request);
        Add(hash, Printer.Print(single));
        foreach (WeightSlot slot in slots)
        {
            Add(hash, $"{slot.Path} {slot.DType} {string.Join(',', slot.Dims)} {slot.Initializer} {slot.FileOnly}");
        }

        foreach ((string path, WeightSource source) in weights ?? Enumerable.Empty<KeyValuePair<string, WeightSource>>())
        {
            Add(hash, $"{path} {source.DType} {string.Join(',', source.Dims)}");
            source.ForEachChunk(hash.AppendData);
        }

        return Text(hash);
    }

    /// <summary>The key of a model from a file and the files of data beside it.</summary>
    public static string OfFile(ModelRequest request, IEnumerable<string> files)
    {
        using IncrementalHash hash = Start(request);
        byte[] buffer = new byte[Buffer];
        foreach (string file in files)
        {
            using FileStream stream = File.OpenRead(file);
            Add(hash, $"{Path.GetFileName(file)} {stream.Length}");
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer, 0, count);
            }
        }

        return Text(hash);
    }

    private static IncrementalHash Start(ModelRequest request)
    {
        IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, s_tool.Value);
        Add(hash, request.Options);
        return hash;
    }

    // With its length, so that two texts are not one.
    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    private static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
