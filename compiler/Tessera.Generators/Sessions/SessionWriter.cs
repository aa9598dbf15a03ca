using Tessera.Generators.Infra;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Sessions;

/// <summary>The class of a session: signature, constructors, <c>Run</c>, outputs and buffers.</summary>
internal sealed class SessionWriter
{
    public const string Runtime = "global::Tessera.Runtime";
    private const string Token = "global::System.Threading.CancellationToken";

    private readonly SessionModel _session;
    private readonly SourceWriter _writer;
    private readonly List<(TensorModel Tensor, string Name)> _inputs;
    private readonly List<(TensorModel Tensor, string Name)> _outputs;

    private SessionWriter(SessionModel session)
    {
        (_session, _writer) = (session, Start(session));

        // A call gives what must be given first.
        HashSet<string> parameters = ["into", "cancellationToken"];
        _inputs = [.. session.Inputs.OrderBy(static i => i.IsOptional).Select(i => (i, Names.Unique(Names.Parameter(i.Name), parameters)))];
        HashSet<string> members = ["Outputs", "Buffers", "Result", "Dispose", "ToString", "Equals", "GetHashCode", "GetType", "Typed", "TypedOrNone", "MemberwiseClone", "Finalize", "ReferenceEquals"];
        _outputs = [.. session.Outputs.Select(o => (o, Names.Unique(Names.Pascal(o.Name), members)))];
    }

    private bool HasBuffers => _outputs.Any(static o => !o.Tensor.IsText);

    public static string Write(SessionModel session)
    {
        var writer = new SessionWriter(session);
        writer.WriteClass();
        return ModuleWriter.Header + "\n" + writer._writer;
    }

    /// <summary>A file of the session's namespace.</summary>
    public static SourceWriter Start(SessionModel session)
    {
        var writer = new SourceWriter();
        if (session.Namespace.Length > 0)
        {
            writer.Line($"namespace {session.Namespace};");
            writer.Line();
        }

        return writer;
    }

    public static string Access(SessionModel session) => session.IsPublic ? "public" : "internal";

    private void WriteClass()
    {
        _writer.Line($"/// <summary>Runs {_session.Source}. Any number of threads may use one instance.</summary>");
        _writer.Open($"{Access(_session)} sealed partial class {_session.Class} : {Runtime}.TypedSession");
        _writer.Line("/// <summary>The model's file, below the application's folder.</summary>");
        _writer.Line($"public const string ModelPath = {EntryWriter.Literal(_session.Path)};");
        _writer.Line();
        WriteSignature();
        WriteConstructors();
        WriteRuns();
        WriteOutputs();
        if (HasBuffers)
        {
            WriteBuffers();
        }

        _writer.Close();
    }

    private void WriteSignature()
    {
        _writer.Line($"private static readonly {Runtime}.SessionSignature s_signature = new(");
        WriteTensors(_session.Inputs, ",");
        WriteTensors(_session.Outputs, ");");
    }

    private void WriteTensors(IEnumerable<TensorModel> tensors, string end)
    {
        _writer.Continue("[");
        foreach (var tensor in tensors)
        {
            var rank = tensor.Dims is { } dims ? $"{dims.Count}" : "null";
            var maker = tensor.IsText ? "OfStrings" : $"Of<{tensor.Element}>";
            _writer.Continue($"    {Runtime}.SessionTensor.{maker}({EntryWriter.Literal(tensor.Name)}, {rank}{(tensor.IsOptional ? ", isOptional: true" : "")}),");
        }

        _writer.Continue("]" + end);
    }

    private void WriteConstructors()
    {
        foreach (var (parameter, path, doc) in new[] { ("", "Beside(ModelPath)", "beside the application"), ("string path, ", "path", "of a path") })
        {
            _writer.Line();
            _writer.Line($"/// <summary>Opens the model {doc}.</summary>");
            if (parameter.Length > 0)
            {
                _writer.Line("/// <param name=\"path\">The <c>.onnx</c> file.</param>");
            }

            _writer.Line("/// <param name=\"options\">How the model is run.</param>");
            _writer.Line($"/// <exception cref=\"{Runtime}.TesseraRuntimeException\">It cannot be opened, or is another model than the one this class was written for.</exception>");
            _writer.Line($"public {_session.Class}({parameter}{Runtime}.ModelSessionOptions? options = null)");
            _writer.Continue($": base({path}, s_signature, options)");
            _writer.Line("{");
            _writer.Line("}");
        }
    }

    private void WriteRuns()
    {
        var arguments = string.Join(", ", _inputs.Select(static i => $"{i.Name}.As({EntryWriter.Literal(i.Tensor.Name)})"));
        WriteRun("Runs the model.", into: false, $"new(Run([{arguments}], [], cancellationToken));");
        if (HasBuffers)
        {
            var targets = _outputs.Where(static o => !o.Tensor.IsText).Select(static o => $"into.{o.Name}.For({EntryWriter.Literal(o.Tensor.Name)})");
            WriteRun("Runs the model into buffers of the caller's; what has none is allocated.", into: true, $"new(Run([{arguments}], [{string.Join(", ", targets)}], cancellationToken));");
        }

        WriteNamed("Runs the model on inputs that bear their names.", $"global::System.ReadOnlySpan<{Runtime}.TensorInput> inputs", "inputs", "The inputs in any order.");
        if (_session.Batch is { } batch)
        {
            WriteNamed("Runs the model on a batch.", $"{Runtime}.{batch} batch", "batch.Inputs", "Features of the inputs' names.");
        }
    }

    private void WriteRun(string summary, bool into, string body)
    {
        _writer.Line();
        _writer.Line($"/// <summary>{summary}</summary>");
        foreach (var (tensor, name) in _inputs)
        {
            _writer.Line($"/// <param name=\"{name.TrimStart('@')}\">{Doc(tensor)}</param>");
        }

        if (into)
        {
            _writer.Line("/// <param name=\"into\">Where outputs go.</param>");
        }

        _writer.Line("/// <param name=\"cancellationToken\">Stops the run before its next operator.</param>");
        _writer.Line($"/// <exception cref=\"{Runtime}.TesseraRuntimeException\">An input or a size does not fit, or the run failed.</exception>");
        var required = _inputs.Where(static i => !i.Tensor.IsOptional).Select(Declaration);
        var optional = _inputs.Where(static i => i.Tensor.IsOptional).Select(static i => $"{Declaration(i)} = default");
        string[] buffers = into ? ["Buffers into"] : [];
        _writer.Line($"public Outputs {(into ? "RunInto" : "Run")}({string.Join(", ", [.. required, .. buffers, .. optional, $"{Token} cancellationToken = default"])}) =>");
        _writer.Continue(body);
    }

    private void WriteNamed(string summary, string parameter, string argument, string doc)
    {
        _writer.Line();
        _writer.Line($"/// <summary>{summary}</summary>");
        _writer.Line($"/// <param name=\"{parameter.Split(' ').Last()}\">{doc}</param>");
        _writer.Line("/// <param name=\"cancellationToken\">Stops the run before its next operator.</param>");
        _writer.Line($"public Outputs Run({parameter}, {Token} cancellationToken = default) => new(Session.Run({argument}, cancellationToken));");
    }

    private void WriteOutputs()
    {
        _writer.Line();
        _writer.Line("/// <summary>The outputs of a run.</summary>");
        _writer.Open($"public sealed class Outputs : {Runtime}.SessionOutputs");
        _writer.Line($"internal Outputs({Runtime}.RunResult result)");
        _writer.Continue(": base(result)");
        _writer.Line("{");
        _writer.Line("}");
        foreach (var (tensor, name) in _outputs)
        {
            var text = EntryWriter.Literal(tensor.Name);
            var type = tensor.IsText ? $"{Runtime}.TensorOutput" : $"{Runtime}.SessionOutput<{tensor.Element}>{(tensor.IsOptional ? "?" : "")}";
            _writer.Line();
            _writer.Line($"/// <summary>{Doc(tensor)}{(tensor.IsOptional ? "; null where this model has none" : "")}</summary>");
            _writer.Line($"public {type} {name} => {(tensor.IsText ? $"Result[{text}]" : $"{(tensor.IsOptional ? "TypedOrNone" : "Typed")}<{tensor.Element}>({text})")};");
        }

        _writer.Close();
    }

    private void WriteBuffers()
    {
        _writer.Line();
        _writer.Line("/// <summary>Where a run puts its outputs.</summary>");
        _writer.Open("public readonly struct Buffers");
        var first = true;
        foreach (var (tensor, name) in _outputs.Where(static o => !o.Tensor.IsText))
        {
            if (!first)
            {
                _writer.Line();
            }

            first = false;
            _writer.Line($"/// <summary>{Doc(tensor)}</summary>");
            _writer.Line($"public {Runtime}.SessionBuffer<{tensor.Element}> {name} {{ get; init; }}");
        }

        _writer.Close();
    }

    private static string Declaration((TensorModel Tensor, string Name) input) =>
        $"{Runtime}.{(input.Tensor.IsText ? "SessionTexts" : $"SessionInput<{input.Tensor.Element}>")} {input.Name}";

    private static string Doc(TensorModel tensor) => $"<c>{Escaped($"{tensor.Name}: {tensor.Type}")}</c>";

    /// <summary>Any text, as names of models of others may be, for documentation.</summary>
    public static string Escaped(string text) =>
        new([.. text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Select(static c => IsNoText(c) ? ' ' : c)]);

    // What ends a line of C#, or is no character of XML.
    private static bool IsNoText(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFFFE' or '\uFFFF';
}
