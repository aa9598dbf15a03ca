using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Reads ONNX models as graphs: nodes by the same tables that write them, initializers as weights by name, shape arithmetic
/// folded back to sizes. What the emitter writes reads back to the graph it was given, once lowered.
/// </summary>
public static class OnnxReader
{
    /// <param name="model">The model.</param>
    /// <param name="external">Where external data is looked for; null where there can be none.</param>
    /// <param name="file">Name of the model's file, for errors.</param>
    /// <exception cref="TesseraException">TSR0810: a type is not supported. TSR0811: a name is not defined. TSR0812: a node has no counterpart.</exception>
    public static Graph Read(ModelProto model, ExternalDataReader? external = null, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Dictionary<string, long> versions = new(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in model.OpsetImport)
        {
            versions[import.Domain == "ai.onnx" ? "" : import.Domain] = import.Version;
        }

        ReadScope scope = new(new GraphBuilder());
        HashSet<string> initialized = [.. model.Graph.Initializer.Select(static t => t.Name)];
        Value[] inputs = [.. model.Graph.Input.Where(i => !initialized.Contains(i.Name)).Select(i => GraphReading.Input(i, scope))];
        NodeReader nodes = new(domain => versions.GetValueOrDefault(domain), file, new SizeClaims(model, scope.Builder, inputs));
        GraphReading.Body(model.Graph, scope, nodes, external);
        return NormalForm.Run(new Graph
        {
            Name = model.Graph.Name,
            Builder = scope.Builder,
            Inputs = inputs,
            Outputs = [.. model.Graph.Output.Select(o => Output(o, scope, file))],
            Ragged = ModelMetadata.RaggedSymbols(model),
            Weights = scope.Weights,
            Metadata = ModelMetadata.Others(model),
        });
    }

    /// <summary>Reads a model loaded from a file; its weights stay readable as long as it is not disposed.</summary>
    public static Graph Read(LoadedModel model, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Read(model.Model, model.External, file);
    }

    /// <summary>Reads a model from its bytes.</summary>
    public static Graph Read(ReadOnlySpan<byte> model) => Read(ModelProto.Parser.ParseFrom(model));

    private static GraphOutput Output(ValueInfoProto info, ReadScope scope, string? file) => new(
        info.Name,
        scope.Find(info.Name)?.Value ?? throw new TesseraException("TSR0811", file ?? "", $"nothing makes the output '{info.Name}'."));
}
