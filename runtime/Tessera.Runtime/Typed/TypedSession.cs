namespace Tessera.Runtime;

/// <summary>
/// A model with its inputs and outputs as C# has them. The generator of Tessera.Build writes a class of this kind for each <c>OnnxModel</c> item; any number of
/// threads may run one at once.
/// </summary>
public abstract class TypedSession : IDisposable
{
    private readonly Dictionary<string, TensorSpec> _inputs;
    private readonly Dictionary<string, TensorSpec> _outputs;

    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="signature">What the class was written for.</param>
    /// <param name="options">How the model is run.</param>
    /// <exception cref="TesseraRuntimeException">TSR0745: the model has other inputs or outputs; else as <see cref="ModelSession.Open"/>.</exception>
    protected TypedSession(string path, SessionSignature signature, ModelSessionOptions? options)
    {
        ArgumentNullException.ThrowIfNull(signature);
        Session = ModelSession.Open(path, options);
        try
        {
            signature.Check(Session, GetType().Name);
        }
        catch
        {
            Session.Dispose();
            throw;
        }

        _inputs = Session.Inputs.ToDictionary(static s => s.Name, StringComparer.Ordinal);
        _outputs = Session.Outputs.ToDictionary(static s => s.Name, StringComparer.Ordinal);
    }

    /// <summary>The model without types, for a <see cref="PackedScheduler"/> or whatever takes any model.</summary>
    public ModelSession Session { get; }

    public void Dispose()
    {
        Session.Dispose();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => Session.ToString();

    /// <summary>A file beside the application.</summary>
    protected static string Beside(string path) => Path.Combine(AppContext.BaseDirectory, path);

    /// <summary>Runs the model; every output is computed.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0746: sizes cannot be found; else as <see cref="ModelSession.Run(ReadOnlySpan{TensorInput}, ReadOnlySpan{OutputBuffer}, CancellationToken)"/>.</exception>
    protected RunResult Run(ReadOnlySpan<SessionArgument> inputs, ReadOnlySpan<SessionTarget> outputs, CancellationToken cancellationToken)
    {
        OpenSizes sizes = new();
        TensorInput[] given = Inputs(inputs, sizes);
        return Session.Run(given, Outputs(outputs, sizes), cancellationToken);
    }

    private TensorInput[] Inputs(ReadOnlySpan<SessionArgument> arguments, OpenSizes sizes)
    {
        List<TensorInput> given = new(arguments.Length);
        List<TensorInput> open = [];
        foreach (SessionArgument argument in arguments)
        {
            if (argument.Input is not { } input)
                continue;
            if (!_inputs.ContainsKey(input.Name))
            {
                // An optional one that this model has not: the run says so.
                given.Add(input);
                continue;
            }

            if (argument.AreDimsOpen)
            {
                open.Add(input);
                continue;
            }

            sizes.Learn(_inputs[input.Name], input.Dims);
            given.Add(input);
        }

        while (open.Count > 0)
            given.Add(TakeFound(open, sizes));
        return [.. given];
    }

    // One whose sizes can be found; they may be what the next one's follow from.
    private TensorInput TakeFound(List<TensorInput> open, OpenSizes sizes)
    {
        for (var i = 0; i < open.Count; i++)
        {
            TensorSpec spec = _inputs[open[i].Name];
            if (sizes.Find(spec, open[i].Dims[0]) is { } dims)
            {
                TensorInput found = open[i].Reshaped(dims);
                sizes.Learn(spec, dims);
                open.RemoveAt(i);
                return found;
            }
        }

        throw RuntimeErrors.SizesUnknown(_inputs[open[0].Name], "input", open[0].Dims[0], "SessionInput.Of(data, …)");
    }

    // Outputs without a buffer are computed as well: those that nobody has named, and those that are left to ONNX Runtime.
    private OutputBuffer[] Outputs(ReadOnlySpan<SessionTarget> targets, OpenSizes sizes)
    {
        List<OutputBuffer> buffers = new(_outputs.Count);
        foreach (SessionTarget target in targets)
            if (target.Buffer is { } buffer)
                buffers.Add(Sized(target, buffer, sizes));
        if (buffers.Count == 0)
            return [];
        HashSet<string> taken = [.. buffers.Select(static b => b.Name)];
        return [.. buffers, .. Session.Outputs.Where(o => !taken.Contains(o.Name)).Select(static o => OutputBuffer.Allocate(o.Name))];
    }

    private OutputBuffer Sized(SessionTarget target, OutputBuffer buffer, OpenSizes sizes)
    {
        if (target.WithDims is not { } withDims || !_outputs.TryGetValue(target.Name, out TensorSpec? spec))
            return buffer;
        var count = buffer.Shape[0];
        return withDims(sizes.Find(spec, count) ?? throw RuntimeErrors.SizesUnknown(spec, "output", count, "SessionBuffer.Of(memory, …)"));
    }
}
