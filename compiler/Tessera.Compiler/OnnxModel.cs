using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler;

/// <summary>A model read from an <c>.onnx</c> file. Its weights are mapped, and readable until it is disposed.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly LoadedModel _loaded;

    private OnnxModel(string path, LoadedModel loaded, ReadLimits? limits)
    {
        (Path, _loaded) = (path, loaded);
        Graph = OnnxReader.Read(loaded, path, Notes, limits);
    }

    public string Path { get; }

    /// <summary>The model as a graph.</summary>
    public Graph Graph { get; }

    /// <summary>What was not understood of it.</summary>
    public ReadNotes Notes { get; } = new();

    /// <summary>Version of <c>ai.onnx</c> that the model imports.</summary>
    public long Opset => _loaded.Model.OpsetImport.FirstOrDefault(static o => o.Domain is "" or "ai.onnx")?.Version ?? EmitOptions.DefaultOpset;

    /// <summary>Number of nodes that the model has, those of subgraphs among them.</summary>
    public int Nodes => Count(_loaded.Model.Graph);

    /// <param name="path">The file.</param>
    /// <param name="limits">What it may ask for, where it is not trusted as much or more than usual.</param>
    /// <exception cref="TesseraException">The file cannot be read, is no model, contradicts itself, or passes a limit.</exception>
    public static OnnxModel Load(string path, ReadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        LoadedModel loaded = ModelFile.Load(path, limits);
        try
        {
            return new OnnxModel(path, loaded, limits);
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>The model rewritten for a target.</summary>
    /// <exception cref="TesseraException">It cannot be written at the opset; a rewritten site does not hold.</exception>
    public CompiledModel Optimize(OptimizeOptions? options = null)
    {
        options ??= new OptimizeOptions();
        try
        {
            return Compile(options);
        }
        catch (TesseraException error) when (!error.Place.Contains(System.IO.Path.GetFileName(Path), StringComparison.Ordinal))
        {
            throw error.At(error.Place.Length > 0 ? $"{error.Place} ({System.IO.Path.GetFileName(Path)})" : Path);
        }
    }

    private CompiledModel Compile(OptimizeOptions options)
    {
        return ModelCompiler.Compile(Graph, new CompileOptions
        {
            Verify = options.Verify,
            Warn = options.Warn,
            Progress = options.Progress,
            Emit = new EmitOptions
            {
                Target = options.Target,
                Opset = options.Opset ?? (int)Math.Clamp(Opset, EmitOptions.MinCompleteOpset, EmitOptions.MaxOpset),
            },
        });
    }

    public void Dispose() => _loaded.Dispose();

    internal static int Count(GraphProto graph) => graph.Node.Count + graph.Node.SelectMany(static n => n.Attribute).Where(static a => a.G is not null).Sum(static a => Count(a.G));
}
