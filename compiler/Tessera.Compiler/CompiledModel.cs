using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Passes.Replay;
using Tessera.Runtime;

namespace Tessera.Compiler;

/// <summary>A model ready to be saved or run.</summary>
/// <param name="Single">The graph of one example as traced.</param>
/// <param name="Graph">The batched and rewritten graph.</param>
/// <param name="Emitted">The ONNX model.</param>
public sealed record CompiledModel(Graph Single, Graph Graph, EmittedModel Emitted)
{
    /// <summary>What replaying each rewritten site showed; empty unless <see cref="CompileOptions.Verify"/>.</summary>
    public IReadOnlyList<SiteReport> Replayed { get; init; } = [];

    /// <summary>Writes the model; an old file stays until the new one is complete.</summary>
    public void Save(string path, CancellationToken cancellation = default) => Emitted.Save(path, cancellation);

    /// <summary>The model as bytes, weights inside.</summary>
    public byte[] ToBytes() => Emitted.ToBytes();

    /// <summary>Compiles in memory and runs: a session over the bytes.</summary>
    public ModelSession OpenSession(ModelSessionOptions? options = null) => ModelSession.FromBytes(ToBytes(), options);
}
