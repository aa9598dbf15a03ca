using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Nn;
using Tessera.Nn.Weights;
using Tessera.Onnx;
using Tessera.Passes.Batching;

namespace Tessera.Compiler;

/// <summary>From a module written for one example to a model for a batch: trace, rewrite, batch, rewrite, emit.</summary>
public static class ModelCompiler
{
    /// <exception cref="TesseraException">A shape does not fit, an op cannot be batched, a weight is missing or misshapen.</exception>
    public static CompiledModel Compile(Module module, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        options ??= new CompileOptions();
        if (options.DType is not (DType.F32 or DType.F16 or DType.BF16))
        {
            throw new TesseraException("TSR0901", module.GetType().Name, $"models compute in f32, f16 or bf16; {options.DType.Text()} was asked for.");
        }

        options.Progress?.Invoke("trace");
        Graph single = ModelTracer.Trace(module, options.DType) with { Weights = Bind(module, options) };
        return Build(single, options, fromSeed: options.Weights is null);
    }

    /// <summary>The same from the graph of one example, which has its weights and its types already.</summary>
    /// <exception cref="TesseraException">As above; TSR0902: the options ask for other weights or another compute type.</exception>
    public static CompiledModel Compile(Graph single, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(single);
        ArgumentNullException.ThrowIfNull(options);
        CompileOptions plain = new();
        string? ignored = options.Weights is not null ? nameof(CompileOptions.Weights)
            : options.Seed != plain.Seed ? nameof(CompileOptions.Seed)
            : options.DType != plain.DType ? nameof(CompileOptions.DType)
            : null;
        return ignored is null ? Build(single, options, fromSeed: false) : throw new TesseraException(
            "TSR0902", single.Name, $"the option {ignored} is for modules; a graph has its weights and types already.", "Compile the module, or bind the weights to the graph.");
    }

    private static CompiledModel Build(Graph single, CompileOptions options, bool fromSeed)
    {
        if (!Enum.IsDefined(options.Batch) || !Enum.IsDefined(options.Emit.Target))
        {
            throw new TesseraException("TSR0905", single.Name, $"there is no batching {(int)options.Batch} or no target {(int)options.Emit.Target}.");
        }

        Rewriting rewriting = new(options);
        Graph graph = rewriting.OneExample(single);
        if (options.Batch != Batching.Single)
        {
            graph = options.Batch == Batching.Packed ? rewriting.BeforePacking(graph) : graph;
            options.Progress?.Invoke("batch");
            graph = BatchPass.Run(graph, Mode(options.Batch));
            graph = rewriting.Batched(options.Around?.Invoke(graph) ?? graph);
        }

        graph = rewriting.ForTarget(graph);
        Verifier.Verify(graph);
        options.Progress?.Invoke("emit");
        EmittedModel emitted = OnnxEmitter.Emit(graph, options.Emit);
        return new CompiledModel(single, graph, emitted)
        {
            Report = rewriting.Report.Build(emitted.Lowered),
            Target = options.Emit.Target,
            Rewrites = rewriting.Rewrites,
            Replayed = rewriting.Replayed,
            Given = options.Weights,
            FromSeed = fromSeed,
            Warn = options.Warn,
        };
    }

    /// <summary>The places in a model that take weights, in the compute type.</summary>
    public static IReadOnlyList<WeightSlot> Slots(Module module, DType dtype) =>
    [
        .. ModuleTree.Parameters(module).DistinctBy(static p => p.Parameter).Select(p => new WeightSlot(
            p.Path,
            p.Parameter.DType ?? dtype,
            [.. p.Parameter.Shape.Select(static d => d.ConstValue!.Value)],
            p.Parameter.Initializer)
        { FileOnly = p.Parameter.FileOnly }),
    ];

    private static WeightSet Bind(Module module, CompileOptions options)
    {
        IReadOnlyList<WeightSlot> slots = Slots(module, options.DType);
        return options.Weights is { } given
            ? given.Match(slots, WeightTypes.CastFloats)
            : WeightSet.FromSeed(slots, options.Seed);
    }

    private static BatchMode Mode(Batching batching) => batching switch
    {
        Batching.Dense => BatchMode.Dense,
        Batching.Padded => BatchMode.Padded,
        _ => BatchMode.Packed,
    };
}
