using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Says of a model that is written what the one that was read said of itself, as far as what it speaks of is still there.</summary>
internal sealed class ModelWords
{
    private readonly ModelRemark? _remark;
    private readonly HashSet<string> _free = new(StringComparer.Ordinal);

    /// <summary>Keeps the names of tensors that are spoken of from being given to others.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="names">Names that are taken by now: of the interface, of weights, of values that keep theirs.</param>
    public ModelWords(Graph graph, NameTable names)
    {
        _remark = graph.Statements.Model as ModelRemark;
        foreach (string name in _remark is null ? [] : Annotations.Names(_remark.Said.Graph).Concat(TrainingWords.Names(_remark.Said)))
        {
            if (names.Reserve(name))
            {
                _free.Add(name);
            }
        }
    }

    /// <summary>What could not be kept, and why.</summary>
    public List<string> LeftOut { get; } = [];

    /// <summary>Writes it; weights that only say how others are quantised are added.</summary>
    public void Write(ModelProto model, List<PendingWeight> weights)
    {
        if (_remark is { } remark)
        {
            WriteModel(remark.Said, model);
            Interface(remark.Said.Graph, model.Graph);
            Words.Write(remark.Said.Graph, model.Graph);
            AddWeights(remark, model.Graph, weights);
            Weights(remark.Said.Graph, model.Graph);
        }

        Annotations.Prune(model.Graph);
        LeftOut.AddRange(TrainingWords.Write(_remark?.Said, model));
    }

    private static void WriteModel(ModelProto said, ModelProto model)
    {
        if (said.HasDocString)
        {
            model.DocString = said.DocString;
        }

        if (said.HasDomain)
        {
            model.Domain = said.Domain;
        }

        if (said.HasModelVersion)
        {
            model.ModelVersion = said.ModelVersion;
        }

        model.Configuration.AddRange(said.Configuration);
    }

    private static void Interface(GraphProto said, GraphProto graph)
    {
        Dictionary<string, ValueInfoProto> words = said.Input.Concat(said.Output).DistinctBy(static v => v.Name).ToDictionary(static v => v.Name, StringComparer.Ordinal);
        foreach (ValueInfoProto value in graph.Input.Concat(graph.Output))
        {
            if (words.TryGetValue(value.Name, out ValueInfoProto? text))
            {
                Words.Write(text, value);
            }
        }
    }

    private static void Weights(GraphProto said, GraphProto graph)
    {
        Dictionary<string, TensorProto> words = said.Initializer.DistinctBy(static t => t.Name).ToDictionary(static t => t.Name, StringComparer.Ordinal);
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (words.TryGetValue(tensor.Name, out TensorProto? text))
            {
                Words.Write(text, tensor);
            }
        }
    }

    private void AddWeights(ModelRemark remark, GraphProto graph, List<PendingWeight> weights)
    {
        foreach (string name in Annotations.Parameters(graph).Where(_free.Remove))
        {
            if (remark.Weights.TryGetValue(name, out WeightSource? source))
            {
                TensorProto tensor = TensorWriter.Head(source.DType, source.Dims);
                tensor.Name = name;
                graph.Initializer.Add(tensor);
                weights.Add(new PendingWeight(tensor, source));
            }
        }
    }
}
