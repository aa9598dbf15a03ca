using Microsoft.ML.OnnxRuntime;

namespace Tessera.Runtime;

/// <summary>
/// A loaded model. Safe for use by any number of threads at once; disposing it while runs go on lets them finish.
/// </summary>
/// <example><code>
/// using var session = ModelSession.Open("model.onnx");
/// using var result = session.Run([TensorInput.From("x", data, 2, 768)]);
/// Span&lt;float&gt; logits = result.Span&lt;float&gt;("logits");
/// </code></example>
public sealed class ModelSession : IDisposable
{
    private const string InMemory = "in memory";

    // Only ever read: a run that can be cancelled has run options of its own.
    private static readonly RunOptions SharedRunOptions = new();

    private readonly InferenceSession _session;
    private readonly RunGate _gate;
    private readonly InputChecker _checker;
    private readonly string _source;

    /// <summary>Loads a model from a file to run on a device; <see cref="Open"/> takes all options.</summary>
    /// <param name="path">The file; external data is looked for beside it.</param>
    /// <param name="device">Where it runs.</param>
    /// <exception cref="TesseraRuntimeException">As for <see cref="Open"/>.</exception>
    /// <exception cref="Kernels.TesseraKernelException">TSR1400 to TSR1404: the device cannot run Tessera's kernels.</exception>
    public ModelSession(string path, Device device)
        : this(Create(new() { Device = device }, path), Quoted(path), []) => Path = path;

    private ModelSession(InferenceSession session, string source, IReadOnlyList<IDisposable> owned)
    {
        (_session, _source) = (session, source);
        _gate = new(this, () =>
        {
            session.Dispose();
            foreach (var thing in owned)
                thing.Dispose();
        });
        Inputs =
        [
            .. session.InputNames.Select(name => new TensorSpec(name, session.InputMetadata[name], isOptional: false)),
            .. session.OverridableInitializerMetadata.Select(pair => new TensorSpec(pair.Key, pair.Value, isOptional: true)),
        ];
        Outputs = [.. session.OutputNames.Select(name => new TensorSpec(name, session.OutputMetadata[name], isOptional: false))];
        Producer = session.ModelMetadata.ProducerName;
        Metadata = session.ModelMetadata.CustomMetadataMap;
        _checker = new(Inputs, Metadata.ContainsKey(RaggedChecker.Mark) ? new SizeRules(Metadata) : null);
    }

    /// <summary>The inputs in the model's order, those that a run may leave out last.</summary>
    public IReadOnlyList<TensorSpec> Inputs { get; }

    /// <summary>The outputs in the model's order.</summary>
    public IReadOnlyList<TensorSpec> Outputs { get; }

    /// <summary>The file it was opened from; null for bytes.</summary>
    public string? Path { get; private init; }

    /// <summary>What wrote the model; empty if it does not say.</summary>
    public string Producer { get; }

    /// <summary>The model's own metadata properties.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Loads a model from a file; external data is looked for beside it.</summary>
    /// <exception cref="TesseraRuntimeException">
    /// TSR0700: no such file. TSR0701: it cannot be read. TSR0702: it is corrupt, or needs what ONNX Runtime lacks.
    /// TSR0703: it is empty. TSR0704, TSR0705: see <see cref="ModelSessionOptions"/>. TSR0706: the application has no ONNX Runtime.
    /// </exception>
    public static ModelSession Open(string path, ModelSessionOptions? options = null)
    {
        options ??= new();
        return new(Create(options, path), Quoted(path), options.Owned) { Path = path };
    }

    /// <summary>Loads a model from the bytes of an <c>.onnx</c> file. It can have no external data.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0702 to TSR0705 as for <see cref="Open"/>.</exception>
    public static ModelSession FromBytes(byte[] model, ModelSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Length == 0)
            throw RuntimeErrors.ModelEmpty(InMemory);
        options ??= new();
        return new(Create(options, InMemory, native => new InferenceSession(model, native)), InMemory, options.Owned);
    }

    /// <summary>Computes every output.</summary>
    /// <inheritdoc cref="Run(ReadOnlySpan{TensorInput}, ReadOnlySpan{OutputBuffer}, CancellationToken)" path="/exception"/>
    public RunResult Run(params ReadOnlySpan<TensorInput> inputs) => Run(inputs, [], CancellationToken.None);

    /// <summary>Computes every output.</summary>
    /// <inheritdoc cref="Run(ReadOnlySpan{TensorInput}, ReadOnlySpan{OutputBuffer}, CancellationToken)"/>
    public RunResult Run(ReadOnlySpan<TensorInput> inputs, CancellationToken cancellationToken) => Run(inputs, [], cancellationToken);

    /// <summary>Computes the outputs named, or every output if none is.</summary>
    /// <param name="inputs">The inputs in any order; their memory is pinned and must not change during the run.</param>
    /// <param name="outputs">The outputs to compute, and where.</param>
    /// <param name="cancellationToken">Stops the run before its next operator, also inside a loop.</param>
    /// <exception cref="TesseraRuntimeException">
    /// TSR0710: an input is missing. TSR0711: unknown. TSR0712: given twice. TSR0713: of another element type.
    /// TSR0714: of another rank. TSR0715: a fixed size differs. TSR0716: a symbol has two sizes. TSR0719: an input of
    /// the model is not a tensor. TSR0720, TSR0721, TSR0722, TSR0725: an output is unknown, of another element type,
    /// asked for twice, of another shape. TSR0723: an operator failed. TSR0726: an input without a name. Of a model of
    /// Tessera's, also TSR0727, TSR0728, TSR0735: offsets or lengths of examples that do not fit its tokens; TSR0729: sizes that break a
    /// rule of the model.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public RunResult Run(ReadOnlySpan<TensorInput> inputs, ReadOnlySpan<OutputBuffer> outputs, CancellationToken cancellationToken = default)
    {
        using var lease = _gate.Enter();
        cancellationToken.ThrowIfCancellationRequested();
        var inputSpecs = _checker.Check(inputs);
        var outputSpecs = OutputChecker.Check(Outputs, outputs);
        try
        {
            using var binding = new RunBinding(_session);
            for (var i = 0; i < inputs.Length; i++)
                binding.BindInput(inputSpecs[i], inputs[i]);
            for (var i = 0; i < outputSpecs.Count; i++)
                binding.BindOutput(outputSpecs[i], outputs.IsEmpty ? default : outputs[i]);
            Execute(binding, cancellationToken);
            return Collect(binding, outputSpecs, outputs);
        }
        catch (OnnxRuntimeException failure)
        {
            // A terminated run fails like any other; the token tells that it was asked to.
            if (cancellationToken.IsCancellationRequested)
                throw new OperationCanceledException("The run was cancelled.", failure, cancellationToken);
            throw RuntimeErrors.RunFailed(_source, failure);
        }
    }

    /// <summary>Checks the inputs of a run without running.</summary>
    internal void Check(ReadOnlySpan<TensorInput> inputs) => _checker.Check(inputs);

    public void Dispose() => _gate.Close();

    public override string ToString() => $"({string.Join(", ", Inputs)}) → ({string.Join(", ", Outputs)})";

    private static string Quoted(string path) => $"'{path}'";

    private static InferenceSession Create(ModelSessionOptions options, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ModelFile.Check(path);
        return Create(options, Quoted(path), native => new InferenceSession(path, native));
    }

    private static InferenceSession Create(ModelSessionOptions options, string source, Func<SessionOptions, InferenceSession> create)
    {
        try
        {
            using var native = options.ToSessionOptions();
            return create(native);
        }
        catch (Exception failure) when (IsNativeMissing(failure))
        {
            throw RuntimeErrors.NativeMissing(failure);
        }
        catch (OnnxRuntimeException refusal)
        {
            throw RuntimeErrors.ModelRejected(source, refusal);
        }
    }

    private static bool IsNativeMissing(Exception? failure) => failure is DllNotFoundException || (failure is TypeInitializationException && IsNativeMissing(failure.InnerException));

    private static void Execute(RunBinding binding, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            binding.Run(SharedRunOptions);
            return;
        }
        using var options = new RunOptions();
        // Disposing the registration waits for a callback under way, so it never meets disposed options.
        using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
        binding.Run(options);
    }

    private static RunResult Collect(RunBinding binding, IReadOnlyList<TensorSpec> specs, ReadOnlySpan<OutputBuffer> outputs)
    {
        var result = new RunResult();
        var values = binding.TakeOutputs();
        for (var i = 0; i < values.Length; i++)
        {
            if (outputs.IsEmpty || outputs[i].Buffer is not { } buffer)
            {
                result.Add(new(result, specs[i].Name, values[i]));
                continue;
            }
            // It points into memory that is unpinned from here on.
            values[i].Dispose();
            result.Add(new(result, specs[i].Name, buffer, specs[i].ElementType, outputs[i].Shape));
        }
        return result;
    }
}
