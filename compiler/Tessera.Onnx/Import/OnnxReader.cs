using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Reads ONNX models as graphs: nodes by the same tables that write them, initializers as weights by name, shape arithmetic
/// folded back to sizes. What the emitter writes reads back to the graph it was given, once lowered. Of a model from
/// elsewhere, a node that no table has is carried through unchanged, functions are inlined, and what the model says of
/// sizes is taken as a claim.
/// </summary>
public static class OnnxReader
{
    /// <param name="model">The model.</param>
    /// <param name="external">Where external data is looked for; null where there can be none.</param>
    /// <param name="file">Name of the model's file, for errors.</param>
    /// <param name="notes">Takes what was not understood.</param>
    /// <param name="limits">What the model may ask for.</param>
    /// <exception cref="TesseraException">TSR0810: an element type does not exist. TSR0811: a name is not defined. TSR0812: a node of our own has no counterpart. TSR0830: a limit is passed.</exception>
    public static Graph Read(ModelProto model, ExternalDataReader? external = null, string? file = null, ReadNotes? notes = null, ReadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            return ReadChecked(model, external, file, notes ?? new ReadNotes(), limits ?? ReadLimits.Default);
        }
        catch (TesseraException error) when (file is not null && !error.Place.Contains(Path.GetFileName(file), StringComparison.Ordinal))
        {
            // Tensors and types know no file; an error names it nevertheless.
            string place = error.Place.Length > 0 ? $"{error.Place} ({Path.GetFileName(file)})" : file;
            throw error.At(place);
        }
    }

    private static Graph ReadChecked(ModelProto model, ExternalDataReader? external, string? file, ReadNotes notes, ReadLimits limits)
    {
        FunctionLibrary functions = new(model, file);
        new ModelCheck(model, functions, limits).Run();
        notes.RepeatedKeys = ModelMetadata.Repeated(model);
        bool isOurs = ModelMetadata.IsOurs(model);
        Dictionary<string, long> versions = Versions(model.OpsetImport);
        bool isNamed = !isOurs || ModelMetadata.HasClaims(model);
        ReadScope scope = new(new GraphBuilder { TakesClaims = isNamed }) { Trained = model.TrainingInfo.SelectMany(TrainingWords.Bound).ToHashSet(StringComparer.Ordinal) };
        InputDefaults defaults = InputDefaults.Of(model, external);
        Value[] inputs = [.. model.Graph.Input.Where(i => !defaults.IsWeight(i.Name)).Select(i => GraphReading.Input(i, scope, defaults.TypeOf(i.Name)))];
        ReadContext context = new(file, external, isOurs, new ModelClaims(model, isOurs, scope.Builder, inputs), functions, notes)
        {
            IsNamed = isNamed,
        };
        GraphReading.Body(model.Graph, scope, new NodeReader(context, domain => versions.GetValueOrDefault(domain)), external, isOurs);
        return NormalForm.Run(new Graph
        {
            Name = model.Graph.Name,
            Builder = scope.Builder,
            Inputs = inputs,
            Outputs = [.. model.Graph.Output.Select(o => Output(o, scope, file))],
            Ragged = ModelMetadata.RaggedSymbols(model),
            Each = ModelMetadata.OfEachExample(model),
            Weights = scope.Weights,
            Defaults = defaults.Values,
            Statements = isNamed ? Statements(model, external, isOurs) : ModelStatements.None,
            Metadata = ModelMetadata.Others(model),
        });
    }

    // Of a model that we wrote, inference knows all sizes by the names that they have.
    private static ModelStatements Statements(ModelProto model, ExternalDataReader? external, bool isOurs) => new(
        ModelRemarks.Of(model, external),
        isOurs
            ? new Dictionary<string, IrType>()
            : model.Graph.Output.Where(static o => o.Type is not null).DistinctBy(static o => o.Name).ToDictionary(static o => o.Name, static o => TypeReader.Read(o.Type, o.Name), StringComparer.Ordinal));

    /// <summary>Reads a model loaded from a file; its weights stay readable as long as it is not disposed.</summary>
    public static Graph Read(LoadedModel model, string? file = null, ReadNotes? notes = null, ReadLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Read(model.Model, model.External, file, notes, limits);
    }

    /// <summary>Reads a model from its bytes.</summary>
    public static Graph Read(ReadOnlySpan<byte> model) => Read(ModelProto.Parser.ParseFrom(model));

    /// <summary>Version of each domain's opset.</summary>
    internal static Dictionary<string, long> Versions(IEnumerable<OperatorSetIdProto> imports)
    {
        Dictionary<string, long> versions = new(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in imports)
        {
            versions[import.Domain == "ai.onnx" ? "" : import.Domain] = import.Version;
        }

        return versions;
    }

    private static GraphOutput Output(ValueInfoProto info, ReadScope scope, string? file) => new(
        info.Name,
        scope.Find(info.Name) is { } value
            ? scope.Materialize(value)
            : throw new TesseraException("TSR0811", file ?? "", $"nothing makes the output '{info.Name}'."));
}
