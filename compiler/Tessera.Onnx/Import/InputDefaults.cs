using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// Initializers that are inputs of the graph too. Since IR version 4 whoever runs the model may give another value: they stay inputs.
/// Before it every initializer had to be listed as an input, which says nothing.
/// </summary>
internal sealed class InputDefaults
{
    private const long MayBeReplaced = 4;

    private readonly HashSet<string> _weights;

    private InputDefaults(HashSet<string> weights, IReadOnlyDictionary<string, WeightSource> values) => (_weights, Values) = (weights, values);

    /// <summary>The value of each such input.</summary>
    public IReadOnlyDictionary<string, WeightSource> Values { get; }

    public static InputDefaults Of(ModelProto model, ExternalDataReader? external)
    {
        HashSet<string> inputs = [.. model.Graph.Input.Select(static i => i.Name)];
        if (model.IrVersion < MayBeReplaced)
        {
            return new InputDefaults([.. model.Graph.Initializer.Select(static t => t.Name).Concat(model.Graph.SparseInitializer.Select(static t => t.Values.Name)).Where(inputs.Contains)], new Dictionary<string, WeightSource>());
        }

        Dictionary<string, WeightSource> values = new(StringComparer.Ordinal);
        foreach (TensorProto tensor in model.Graph.Initializer.Where(t => inputs.Contains(t.Name) && (DType)t.DataType != DType.String))
        {
            values[tensor.Name] = TensorReader.Read(tensor, external);
        }

        foreach (SparseTensorProto tensor in model.Graph.SparseInitializer.Where(t => inputs.Contains(t.Values.Name)))
        {
            values[tensor.Values.Name] = SparseReader.Read(tensor, external);
        }

        // Texts are constants: no weight holds them.
        return new InputDefaults([.. model.Graph.Initializer.Select(static t => t.Name).Where(n => inputs.Contains(n) && !values.ContainsKey(n))], values);
    }

    /// <summary>Whether an input is a weight and nothing else.</summary>
    public bool IsWeight(string input) => _weights.Contains(input);

    /// <summary>The type of an input that has a default.</summary>
    public IrType? TypeOf(string input) => Values.TryGetValue(input, out WeightSource? value) ? new TensorType(value.DType, Shape.Of([.. value.Dims])) : null;
}
