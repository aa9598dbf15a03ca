using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler;

/// <summary>A model read from an <c>.onnx</c> file. Its weights are mapped, and readable until it is disposed.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly LoadedModel _loaded;
    private readonly Lock _working = new();

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

    /// <summary>Version of each domain that the model imports; the domain of ONNX itself is <c>ai.onnx</c>.</summary>
    public IReadOnlyDictionary<string, long> Opsets
    {
        get
        {
            SortedDictionary<string, long> versions = new(StringComparer.Ordinal);
            foreach (OperatorSetIdProto import in _loaded.Model.OpsetImport)
            {
                versions[import.Domain.Length == 0 ? "ai.onnx" : import.Domain] = import.Version;
            }

            return versions;
        }
    }

    /// <summary>What the file says of itself: version of the format, producer, documentation; only what is given.</summary>
    public IReadOnlyDictionary<string, string> Description => new SortedDictionary<string, string>(
        new Dictionary<string, string>
        {
            ["ir version"] = _loaded.Model.IrVersion.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["producer"] = $"{_loaded.Model.ProducerName} {_loaded.Model.ProducerVersion}".Trim(),
            ["domain"] = _loaded.Model.Domain,
            ["doc string"] = _loaded.Model.DocString,
        }.Where(static p => p.Value.Length > 0).ToDictionary(),
        StringComparer.Ordinal);

    /// <summary>Functions that the model defines, as <c>domain:name</c>.</summary>
    public IReadOnlyList<string> Functions => [.. _loaded.Model.Functions.Select(static f => $"{(f.Domain.Length == 0 ? "ai.onnx" : f.Domain)}:{f.Name}")];

    /// <summary>Files beside the model that hold its weights.</summary>
    public IReadOnlyList<string> DataFiles => _loaded.DataFiles;

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

    /// <summary>The model rewritten for a target. Several threads may ask one model: they take turns, since its graph grows as it is rewritten.</summary>
    /// <exception cref="TesseraException">It cannot be written at the opset; a rewritten site does not hold.</exception>
    public CompiledModel Optimize(OptimizeOptions? options = null)
    {
        options ??= new OptimizeOptions();
        return Locked(() => Compile(options));
    }

    /// <summary>
    /// The model of padded batches as one of packed batches: proved to keep examples apart and padding out, and compared with the
    /// original in ONNX Runtime.
    /// </summary>
    /// <exception cref="TesseraException">TSR0530 to TSR0534, TSR0401: what keeps it from being packed; TSR0910, TSR0911: what differs.</exception>
    public PackedModel Pack(PackOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Locked(() => ModelPacker.Run(this, options));
    }

    private T Locked<T>(Func<T> work)
    {
        try
        {
            lock (_working)
            {
                return work();
            }
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
                Opset = options.Opset ?? (int)Math.Clamp(Math.Max(Opset, CarriedNodes.Least(Graph)), EmitOptions.MinCompleteOpset, EmitOptions.MaxOpset),
            },
        });
    }

    public void Dispose() => _loaded.Dispose();

    internal static int Count(GraphProto graph) => graph.Node.Count + graph.Node.SelectMany(static n => n.Attribute).Where(static a => a.G is not null).Sum(static a => Count(a.G));
}
