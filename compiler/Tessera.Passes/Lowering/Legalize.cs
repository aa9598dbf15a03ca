using Tessera.Ir;
using Tessera.Ir.Onnx;

namespace Tessera.Passes.Lowering;

/// <summary>Replaces ops that the target lacks by their decompositions, down to what it has.</summary>
public sealed record Legalize : IPass
{
    public string Name => "legalize";

    /// <summary>Version of <c>ai.onnx</c> that the model will import.</summary>
    public int Opset { get; init; } = 24;

    /// <summary>Domains besides <c>ai.onnx</c> that the target knows.</summary>
    public EquatableArray<string> Domains { get; init; }

    public Graph Run(Graph graph, PassContext context) => new Legalizer(Opset, Domains.Contains).Run(graph);
}
