using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// How a model is to be trained: graphs beside its own that nothing here runs. They are kept as they are, as long as the
/// weights that they set, and whatever else they name of the model's graph, are still there.
/// </summary>
internal static class TrainingWords
{
    /// <summary>Names of the model's graph that training needs.</summary>
    public static IEnumerable<string> Names(ModelProto model) => model.TrainingInfo.SelectMany(static t => Bound(t).Concat(Captured(t)));

    /// <summary>Weights of the model's graph that training sets.</summary>
    public static IEnumerable<string> Bound(TrainingInfoProto training) => training.InitializationBinding.Concat(training.UpdateBinding)
        .Select(static b => b.Key)
        .Except(training.Algorithm?.Initializer.Select(static t => t.Name) ?? [], StringComparer.Ordinal);

    /// <summary>Adds what can be kept; tells of what cannot.</summary>
    public static IEnumerable<string> Write(ModelProto? said, ModelProto model)
    {
        List<string> leftOut = [];
        HashSet<string> weights = [.. model.Graph.Initializer.Select(static t => t.Name)];
        HashSet<string> defined = Annotations.Defined(model.Graph);
        foreach (TrainingInfoProto training in said?.TrainingInfo ?? [])
        {
            string[] lost = [.. Bound(training).Where(b => !weights.Contains(b)).Concat(Captured(training).Where(c => !defined.Contains(c))).Distinct(StringComparer.Ordinal)];
            if (lost.Length == 0)
            {
                model.TrainingInfo.Add(training);
            }
            else
            {
                leftOut.Add($"training_info is left out: the model no longer has {string.Join(", ", lost.Select(static n => $"'{n}'"))}, which it names.");
            }
        }

        return leftOut;
    }

    private static IEnumerable<string> Captured(TrainingInfoProto training) => training.Algorithm is null ? [] : SubgraphNames.Captured(training.Algorithm);
}
