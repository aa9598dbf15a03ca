using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Reads what a model says of itself.</summary>
internal static class ModelRemarks
{
    public static ModelRemark Of(ModelProto model, ExternalDataReader? external)
    {
        ModelProto said = new() { Graph = Words.Of(model.Graph) };
        if (model.DocString.Length > 0)
        {
            said.DocString = model.DocString;
        }

        if (model.Domain.Length > 0)
        {
            said.Domain = model.Domain;
        }

        if (model.HasModelVersion)
        {
            said.ModelVersion = model.ModelVersion;
        }

        said.Configuration.AddRange(model.Configuration);
        said.Graph.Initializer.AddRange(model.Graph.Initializer.Select(Words.Of).OfType<TensorProto>());
        foreach (TrainingInfoProto training in model.TrainingInfo)
        {
            TrainingInfoProto kept = training.Clone();
            ExternalTensors.Inline(kept.Initialization, external);
            ExternalTensors.Inline(kept.Algorithm, external);
            said.TrainingInfo.Add(kept);
        }

        return new ModelRemark(said, Parameters(model.Graph, external));
    }

    private static Dictionary<string, WeightSource> Parameters(GraphProto graph, ExternalDataReader? external)
    {
        HashSet<string> names = [.. Annotations.Parameters(graph)];
        return graph.Initializer
            .Where(t => names.Contains(t.Name) && (DType)t.DataType != DType.String)
            .DistinctBy(static t => t.Name)
            .ToDictionary(static t => t.Name, t => TensorReader.Read(t, external), StringComparer.Ordinal);
    }
}
