using Tessera.Ir;
using Tessera.Ir.Text;

namespace Tessera.Nn;

/// <summary>Traces an entry module to the graph of one example.</summary>
public static class ModelTracer
{
    /// <summary>Runs the module's <c>Forward</c> once on symbolic inputs of its declared types.</summary>
    /// <param name="module">An entry module: its <c>Forward</c> has <c>[Input]</c> on every parameter.</param>
    /// <param name="dtype">Compute type: declared f32 inputs and all weights enter the graph in it.</param>
    /// <exception cref="TesseraException">The module declares no signature, or a shape does not fit (at the C# line that made it).</exception>
    public static Graph Trace(Module module, DType dtype = DType.F32)
    {
        ArgumentNullException.ThrowIfNull(module);
        ModuleSignature signature = module.Signature ?? throw new TesseraException(
            "TSR0503", module.GetType().Name, "the module declares no signature.", "Put [Input(\"f32[n, 768]\")] on the parameters of Forward.");
        GraphBuilder builder = new(signature.Constraints.Select(Constraint.Parse));
        Tracer tracer = new(module, builder, dtype);
        Tensor[] inputs = [.. signature.Inputs.Select(i => tracer.Wrap(builder.Input(i.Name, TypeOf(i, dtype))))];
        IReadOnlyList<NamedTensor> outputs = module.TraceWith(inputs);
        return new Graph
        {
            Name = module.GetType().Name,
            Builder = builder,
            Inputs = [.. inputs.Select(static t => t.Value)],
            Outputs = [.. outputs.Select(static o => new GraphOutput(o.Name, o.Value.Value))],
            Ragged = signature.Ragged,
        };
    }

    private static IrType TypeOf(InputDeclaration input, DType dtype)
    {
        TensorType declared = TypeText.ParseTensor(input.Type);
        return declared.DType == DType.F32 ? declared with { DType = dtype } : declared;
    }
}
