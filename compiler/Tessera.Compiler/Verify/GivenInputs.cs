using Google.Protobuf;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler.Verify;

/// <summary>
/// Inputs from files: a folder is one case, or holds folders that are. In a case stands, for each input of the model, <c>NAME.npy</c>
/// or <c>NAME.pb</c> (what a name may not contain in a file's name is an underscore), or <c>input_K.pb</c> by its position, as
/// node tests of ONNX have it.
/// </summary>
public static class GivenInputs
{
    /// <param name="folder">The folder.</param>
    /// <param name="model">Bytes of the model whose inputs they are.</param>
    /// <exception cref="TesseraException">TSR0961: there is no case. TSR0962: a case lacks an input. TSR0960: a file cannot be read.</exception>
    public static IReadOnlyList<InputCase> Read(string folder, byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!Directory.Exists(folder))
        {
            throw new TesseraException("TSR0961", folder, "there is no such folder of inputs.");
        }

        GraphProto graph = ModelProto.Parser.ParseFrom(model).Graph;
        HashSet<string> initialized = [.. graph.Initializer.Select(static t => t.Name)];
        ValueInfoProto[] inputs = [.. graph.Input.Where(i => !initialized.Contains(i.Name))];
        string[] cases = [.. Directory.GetDirectories(folder).Where(HoldsValues).Order(StringComparer.Ordinal)];
        return cases.Length > 0 ? [.. cases.Select(c => Case(c, inputs))]
            : HoldsValues(folder) ? [Case(folder, inputs)]
            : throw new TesseraException("TSR0961", folder, "it holds no inputs, nor does a folder in it.", "Name them NAME.npy, NAME.pb or input_0.pb.");
    }

    private static bool HoldsValues(string folder) => Directory.EnumerateFiles(folder).Any(static f => Path.GetExtension(f) is ".npy" or ".pb");

    private static InputCase Case(string folder, ValueInfoProto[] inputs) => new(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)),
        inputs.Select((input, i) => (input.Name, Value: Value(folder, input, i))).ToDictionary(static p => p.Name, static p => p.Value, StringComparer.Ordinal));

    private static RefValue Value(string folder, ValueInfoProto input, int position)
    {
        string name = string.Join('_', input.Name.Split(Path.GetInvalidFileNameChars()));
        string[] candidates = [$"{name}.npy", $"{name}.pb", $"input_{position}.pb", $"input_{position}.npy"];
        string path = candidates.Select(c => Path.Combine(folder, c)).FirstOrDefault(File.Exists) ?? throw new TesseraException(
            "TSR0962", folder, $"there is nothing for the input '{input.Name}'.", $"It may be called {string.Join(", ", candidates)}.");
        try
        {
            return Path.GetExtension(path) == ".npy" ? NpyFile.Read(path) : ValueFile.Read(path, input.Type);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new TesseraException("TSR0960", path, $"it holds no value of ONNX: {error.Message}", inner: error);
        }
    }
}
