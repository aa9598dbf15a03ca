using System.Diagnostics;
using Tessera.Ir;
using Tessera.Ir.Text;

namespace Tessera.Nn;

/// <summary>Traces an entry module to the graph of one example.</summary>
public static class ModelTracer
{
    /// <summary>Runs the module's <c>Forward</c> once on symbolic inputs of its declared types.</summary>
    /// <param name="module">An entry module: its <c>Forward</c> has <c>[Input]</c> on every parameter.</param>
    /// <param name="dtype">Compute type: declared f32 inputs and all weights enter the graph in it.</param>
    /// <exception cref="TesseraException">
    /// The module declares no signature, or a shape does not fit (at the C# line that made it). TSR0608: the module's own
    /// code threw; what it threw is the inner exception.
    /// </exception>
    public static Graph Trace(Module module, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(module);
        ModuleSignature signature = Ask(module, "signature", static m => m.Signature) ?? throw new TesseraException(
            "TSR0603", module.GetType().Name, "the module declares no signature.", "Put [Input(\"f32[n, 768]\")] on the parameters of Forward.");
        GraphBuilder builder = new(signature.Constraints.Select(Constraint.Parse));
        Tracer tracer = Ask(module, "list of members", m => new Tracer(m, builder, dtype));
        Tensor[] inputs = [.. signature.Inputs.Select(i => tracer.Wrap(builder.Input(i.Name, TypeOf(i.Type, dtype))))];
        IReadOnlyList<NamedTensor> outputs = Ask(module, "Forward", m => m.TraceWith(inputs));
        foreach (NamedTensor output in outputs)
        {
            if (output.Value is null)
            {
                throw new TesseraException("TSR0624", module.GetType().Name, $"output '{output.Name}' is null.", "Forward returns a Tensor for each of its outputs.");
            }

            tracer.RequireOwn(output.Value.Value, $"output '{output.Name}'", module.GetType().Name);
            if (signature.DeclaredOutputs.FirstOrDefault(d => d.Name == output.Name) is { } declared)
            {
                CheckDeclared(declared, output.Value.Value, builder, dtype);
            }
        }

        return new Graph
        {
            Name = module.GetType().Name,
            Builder = builder,
            Inputs = [.. inputs.Select(static t => t.Value)],
            Outputs = [.. outputs.Select(static o => new GraphOutput(o.Name, o.Value.Value))],
            Ragged = signature.Ragged,
        };
    }

    // What the model's own code throws is an error of the model, at the line that threw.
    private static T Ask<T>(Module module, string what, Func<Module, T> question)
    {
        try
        {
            return question(module);
        }
        catch (Exception error) when (error is not (TesseraException or OperationCanceledException or OutOfMemoryException))
        {
            StackFrame? frame = new StackTrace(error, fNeedFileInfo: true).GetFrames()
                .FirstOrDefault(static f => f.GetFileName() is not null && !AuthorLines.IsCompiler(f));
            SourceLocation place = new(module.GetType().Name, frame?.GetFileName(), frame?.GetFileLineNumber() ?? 0);
            throw new TesseraException("TSR0608", place, $"the module's {what} threw {error.GetType().Name}: {error.Message}", inner: error);
        }
    }

    private static void CheckDeclared(OutputDeclaration declared, Value output, GraphBuilder builder, DType dtype)
    {
        TensorType type = TypeOf(declared.Type, dtype);
        bool fits = type.DType == output.DType && (type.Shape is not { } sizes
            || (sizes.Rank == output.Rank && sizes.Zip(output.Shape, (a, b) => builder.Facts.Equal(a, b)).All(static p => p == Proof.Proved)));
        if (!fits)
        {
            throw new TesseraException("TSR0626", output.Source, $"output '{declared.Name}' is {output.Type}, and is declared as {type}.", "Correct [return: Output] on Forward.");
        }
    }

    private static TensorType TypeOf(string text, DType dtype)
    {
        TensorType declared = TypeText.ParseTensor(text);
        return declared.DType == DType.F32 ? declared with { DType = dtype } : declared;
    }
}
