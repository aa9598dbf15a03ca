using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Gpu.Parity;

/// <summary>One op over some inputs.</summary>
/// <param name="Op">The op's name in ONNX.</param>
/// <param name="Name">What is special about it.</param>
/// <param name="Graph">The op alone.</param>
/// <param name="Inputs">By name.</param>
internal sealed record ParityCase(string Op, string Name, Graph Graph, IReadOnlyDictionary<string, RefValue> Inputs)
{
    /// <summary>Values of parameters, which are inputs of the model.</summary>
    public IReadOnlyDictionary<string, RefValue> Weights { get; init; } = new Dictionary<string, RefValue>();

    /// <summary>Inputs that are constants in the model.</summary>
    public IReadOnlySet<string> Constants { get; init; } = new HashSet<string>();
}
