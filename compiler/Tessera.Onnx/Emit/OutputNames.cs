using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// Names of a graph's outputs: the node that makes a value gives it the name of the first output it serves; other outputs
/// of the same value, and those that are an input or a weight, get an <c>Identity</c>, but for an input under its own name.
/// </summary>
internal sealed class OutputNames
{
    private readonly IReadOnlyList<GraphOutput> _outputs;
    private readonly Dictionary<Value, GraphOutput> _direct = [];

    public OutputNames(IReadOnlyList<GraphOutput> outputs)
    {
        _outputs = outputs;
        foreach (GraphOutput output in outputs)
        {
            if (output.Value.Producer is not (Input or Parameter))
            {
                _direct.TryAdd(output.Value, output);
            }
        }
    }

    /// <summary>Whether an output is an input of the same name, which ONNX allows.</summary>
    public static bool IsInput(GraphOutput output) => output.Value.Producer is Input input && input.Name == output.Name;

    /// <summary>The output name for a value that a node makes, or null.</summary>
    public string? Take(Value value) => _direct.GetValueOrDefault(value)?.Name;

    public void WriteIdentities(EmitScope scope)
    {
        foreach (GraphOutput output in _outputs)
        {
            if (!IsInput(output) && !ReferenceEquals(_direct.GetValueOrDefault(output.Value), output))
            {
                scope.Rename(scope.NameOf(output.Value), output.Name);
            }
        }
    }
}
