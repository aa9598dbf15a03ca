using Tessera.Ir;
using Tessera.Ir.Onnx;

namespace Tessera.Onnx;

/// <summary>How a graph is written as an ONNX model.</summary>
public sealed record EmitOptions
{
    /// <summary>The oldest version of <c>ai.onnx</c> that is written, for models with nodes that stood at an old one.</summary>
    public const int MinOpset = 7;

    /// <summary>The oldest version at which every op can be written: the first with <c>LayerNormalization</c>.</summary>
    public const int MinCompleteOpset = 17;

    /// <summary>The newest one.</summary>
    public const int MaxOpset = 26;

    /// <summary>The newest version at which ONNX Runtime 1.31 runs every op we write: of 25 and later it lacks kernels (<c>Swish</c>).</summary>
    public const int DefaultOpset = 24;

    /// <summary>Version of <c>ai.onnx</c>.</summary>
    public int Opset { get; init; } = DefaultOpset;

    public EmitTarget Target { get; init; } = EmitTarget.Tessera;

    /// <summary>Weights without bytes become inputs of the model instead of an error.</summary>
    public bool UnboundAsInputs { get; init; }

    /// <summary>Where weights of a saved model go.</summary>
    public SaveOptions Save { get; init; } = new();

    /// <summary>Writes <c>model.onnx.map.json</c> beside a saved model: the C# file and line of each node.</summary>
    public bool SourceMap { get; init; }

    public string ProducerName { get; init; } = "Tessera";

    public string ProducerVersion { get; init; } = "0.1.0";

    /// <summary>Key and value pairs for the model file, besides those of the graph.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Domain of ONNX for classical machine learning, which whoever runs a model that has it knows.</summary>
    internal const string Learning = "ai.onnx.ml";

    /// <summary>Whether the target has a domain besides <c>ai.onnx</c>.</summary>
    internal bool Allows(string domain) => (Target, domain) switch
    {
        (EmitTarget.Tessera, OnnxMapping.TesseraDomain) => true,
        (EmitTarget.Ort, "com.microsoft") => true,
        (_, Learning) => true,
        _ => false,
    };

    /// <summary>The options for a graph: nodes of <c>ai.onnx</c> that are carried through hold the opset to those in which they say what they said.</summary>
    /// <exception cref="TesseraException">TSR0803: the opset is not one we write.</exception>
    public EmitOptions For(Graph graph)
    {
        // Where two that were carried ask for different versions (functions are inlined), it is the newer.
        long held = CarriedNodes.Range(graph) is var (from, until) ? Math.Max(from, Math.Min(Opset, until - 1)) : Opset;
        EmitOptions options = held != Opset ? this with { Opset = (int)Math.Min(held, int.MaxValue) } : this;
        int least = held != Opset ? MinOpset : MinCompleteOpset;
        return options.Opset >= least && options.Opset <= MaxOpset ? options : throw new TesseraException(
            "TSR0803", "", $"opset {options.Opset} cannot be written.", $"It must lie in [{least}, {MaxOpset}].");
    }
}
