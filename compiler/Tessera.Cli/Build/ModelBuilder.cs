using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Weights;
using Tessera.Onnx;

namespace Tessera.Cli.Build;

/// <summary>Brings one model of a build up to date.</summary>
internal sealed class ModelBuilder(Lazy<ModuleLoader> modules, CancellationToken cancellation)
{
    private const long MostInOneFile = int.MaxValue - (1 << 20);

    /// <summary>Modules traced so far.</summary>
    public int Traced { get; private set; }

    /// <exception cref="TesseraException">It cannot be compiled, or a gate holds it back; what was written before stays.</exception>
    public BuiltModel Build(ModelRequest request)
    {
        List<string> files = [.. request.WeightFiles];
        BuiltModel built = request.IsFile ? FromFile(request, files) : FromModule(request);
        if (built.Compiled && !request.ExternalData)
        {
            File.Delete(request.DataFile);
        }

        return built with { Files = files };
    }

    private BuiltModel FromModule(ModelRequest request)
    {
        Module module = modules.Value.Create(request.Include, request.Preset);
        WeightSet? weights = request.Weights is { } path ? WeightSet.Load(path) : null;
        Graph single = ModelTracer.Trace(module, request.DType);
        Traced++;
        if (request.HasSession)
        {
            SessionTypes.Check(single, module.Signature, request);
        }

        string key = ModelKey.OfModule(request, single, ModelCompiler.Slots(module, request.DType), weights);
        return IsCurrent(request, key) ? BuiltModel.AsItWas : Written(request, key, Compile(request, module, weights));
    }

    private static CompiledModel Compile(ModelRequest request, Module module, WeightSet? weights)
    {
        CompileOptions options = new()
        {
            Batch = request.Batch,
            DType = request.DType,
            Weights = weights,
            Seed = request.Seed,
            Verify = request.Verify,
            Emit = Emit(request),
        };
        CompiledModel model = ModelCompiler.Compile(module, options);
        request.Gates.Check(request, model);
        if (request.Gates.Tolerance is not null)
        {
            CompiledModel plain = ModelCompiler.Compile(module, options with { Optimize = false, Verify = false, Emit = options.Emit with { Target = EmitTarget.Portable } });
            request.Gates.Compare(request, plain.ToBytes(), model.ToBytes(), model.Graph);
        }

        return model;
    }

    private BuiltModel FromFile(ModelRequest request, List<string> files)
    {
        using OnnxModel model = OnnxModel.Load(GraphFile.Existing(request.Include));
        files.AddRange(model.DataFiles);
        string key = ModelKey.OfFile(request, [request.Include, .. model.DataFiles]);
        if (IsCurrent(request, key))
        {
            return BuiltModel.AsItWas;
        }

        if (!request.Optimize && request.Batch == Batching.Single)
        {
            return Copied(request, key, model);
        }

        CompiledModel compiled = Compile(request, model);
        request.Gates.Check(request, compiled);
        if (request.Gates.Tolerance is not null && request.Batch == Batching.Single)
        {
            request.Gates.Compare(request, File.ReadAllBytes(request.Include), compiled.ToBytes(), model.Graph);
        }

        return Written(request, key, compiled);
    }

    private static CompiledModel Compile(ModelRequest request, OnnxModel model) => request.Batch switch
    {
        Batching.Single => model.Optimize(new OptimizeOptions { Target = request.Target, Opset = request.Opset, Verify = request.Verify }),
        Batching.Packed => model.Pack(request.Packing).Model,
        _ => throw request.NoBatchOfFile,
    };

    // As it is, weights and all.
    private static BuiltModel Copied(ModelRequest request, string key, OnnxModel model)
    {
        if (request.ExternalData)
        {
            throw new TesseraException("TSR1229", request.Name, "a model that is not rewritten is taken as it is, and ExternalData asks for its weights in a file of their own.", "Write Optimize=\"true\", or leave ExternalData out.");
        }

        if (model.DataFiles.Count > 0)
        {
            throw new TesseraException(
                "TSR1229", request.Name, $"its weights lie in {string.Join(", ", model.DataFiles.Select(Path.GetFileName))}, and a model that is not rewritten is taken as it is.", "Write Optimize=\"true\".");
        }

        request.Gates.CheckNodes(request, model.Nodes);
        Prepare(request);
        AtomicFile.Write(request.Output, output =>
        {
            using FileStream input = File.OpenRead(request.Include);
            input.CopyTo(output);
        });
        AtomicFile.WriteText(request.KeyFile, key);
        return new BuiltModel(true, []);
    }

    private BuiltModel Written(ModelRequest request, string key, CompiledModel model)
    {
        if (!request.ExternalData && model.Emitted.Weights.Sum(static w => w.Source.ByteLength) > MostInOneFile)
        {
            throw new TesseraException("TSR1230", request.Name, "its weights pass the 2 GB that one file of a model can hold.", "Write ExternalData=\"true\".");
        }

        IReadOnlyList<CompileWarning> warnings = model.FindWarnings(cancellation);

        Prepare(request);
        ModelFile.Save(request.Output, model.Emitted.Model, model.Emitted.Weights, request.Save, cancellation);
        if (request.ExternalData && !File.Exists(request.DataFile))
        {
            // The build lists it, of a model without weights too.
            File.WriteAllBytes(request.DataFile, []);
        }

        AtomicFile.WriteText(request.KeyFile, key);
        return new BuiltModel(true, warnings);
    }

    // Without its key a model is not current, whenever what follows is cut off.
    private static void Prepare(ModelRequest request)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(request.Output))!);
        File.Delete(request.KeyFile);
    }

    private static bool IsCurrent(ModelRequest request, string key) =>
        File.Exists(request.Output) && File.Exists(request.DataFile) == request.ExternalData && File.Exists(request.KeyFile) && File.ReadAllText(request.KeyFile) == key;

    private static EmitOptions Emit(ModelRequest request) => new() { Target = request.Target, Opset = request.Opset ?? EmitOptions.DefaultOpset };
}
