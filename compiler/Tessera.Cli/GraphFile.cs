using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Ir.Text;
using Tessera.Onnx;

namespace Tessera.Cli;

/// <summary>A graph from a file, an <c>.ir</c> text or an <c>.onnx</c> model, whose weights stay where they are for as long as it is held.</summary>
internal sealed class GraphFile : IDisposable
{
    private GraphFile(OnnxModel model) => (Model, Graph) = (model, model.Graph);

    private GraphFile(Graph graph) => Graph = graph;

    /// <summary>The model; null of a text.</summary>
    public OnnxModel? Model { get; }

    public Graph Graph { get; }

    /// <exception cref="TesseraException">TSR1207: there is no such file; what reading it throws.</exception>
    public static GraphFile Open(string path, ReadLimits? limits = null)
    {
        Existing(path);
        return Path.GetExtension(path).Equals(".ir", StringComparison.OrdinalIgnoreCase)
            ? new GraphFile(Parser.Parse(File.ReadAllText(path), path))
            : new GraphFile(OnnxModel.Load(path, limits));
    }

    /// <summary>The path of a file that is there.</summary>
    public static string Existing(string path) => File.Exists(path)
        ? path
        : throw new TesseraException("TSR1207", path, Directory.Exists(path) ? "this is a folder, not a file." : "there is no such file.");

    public void Dispose() => Model?.Dispose();
}
