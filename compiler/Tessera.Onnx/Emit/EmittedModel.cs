using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>A model ready to be written; its weights are read only then.</summary>
public sealed class EmittedModel
{
    private readonly EmitOptions _options;

    internal EmittedModel(ModelProto model, IReadOnlyList<PendingWeight> weights, Graph graph, SourceMap sourceMap, EmitOptions options)
    {
        (Model, Weights, Graph, SourceMap, _options) = (model, weights, graph, sourceMap, options);
    }

    /// <summary>The model; its weights have names, types and sizes, and no bytes yet.</summary>
    public ModelProto Model { get; }

    public IReadOnlyList<PendingWeight> Weights { get; }

    /// <summary>The graph as it is written: lowered to the target, layout changes of weights done. Reading the model gives it back.</summary>
    public Graph Graph { get; }

    /// <summary>Ops of the graph that the target lacks and that are written as simpler ones.</summary>
    public IReadOnlyList<LoweredOp> Lowered { get; internal init; } = [];

    /// <summary>What the model from which the graph came says and this one does not, and why.</summary>
    public IReadOnlyList<string> LeftOut { get; internal init; } = [];

    /// <summary>Where each node came from.</summary>
    public SourceMap SourceMap { get; }

    /// <summary>Writes the model, its weights and, where asked for, the source map; old files stay until the new are complete.</summary>
    public void Save(string path, CancellationToken cancellation = default)
    {
        ModelFile.Save(path, Model, Weights, _options.Save, cancellation);
        if (_options.SourceMap)
        {
            AtomicFile.WriteText(path + ".map.json", SourceMap.ToJson());
        }
    }

    /// <summary>The model with all weights inside, for a session made from memory.</summary>
    public byte[] ToBytes() => ModelFile.ToBytes(Model, Weights);
}
