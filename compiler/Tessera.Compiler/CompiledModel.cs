using Tessera.Compiler.Explain;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Tessera.Onnx;
using Tessera.Passes;
using Tessera.Passes.Replay;
using Tessera.Runtime;

namespace Tessera.Compiler;

/// <summary>A model ready to be saved or run.</summary>
/// <param name="Single">The graph of one example as traced.</param>
/// <param name="Graph">The batched and rewritten graph.</param>
/// <param name="Emitted">The ONNX model.</param>
public sealed record CompiledModel(Graph Single, Graph Graph, EmittedModel Emitted)
{
    /// <summary>Weights of more bytes than this are opened from a file: in memory they would be there twice, and beyond 2 GB not at all.</summary>
    private const long LargestInMemory = 256L << 20;

    /// <summary>What the passes did: rules and where they fired, near misses, ops that the target lacks.</summary>
    public OptimizeReport Report { get; init; } = new([], [], []);

    /// <summary>What may run the model.</summary>
    public EmitTarget Target { get; init; }

    /// <summary>Sites that rules rewrote, what stood there and what took its place.</summary>
    public IReadOnlyList<RewriteRecord> Rewrites { get; init; } = [];

    /// <summary>What replaying each rewritten site showed; empty unless <see cref="CompileOptions.Verify"/>.</summary>
    public IReadOnlyList<SiteReport> Replayed { get; init; } = [];

    /// <summary>Number of nodes of the ONNX model, those of subgraphs among them.</summary>
    public int Nodes => OnnxModel.Count(Emitted.Model.Graph);

    internal WeightSet? Given { get; init; }

    internal bool FromSeed { get; init; }

    internal Action<CompileWarning>? Warn { get; init; }

    /// <summary>
    /// What is no error and yet should not be overlooked: sites that no input could check, what a model said and no longer does, NaN and infinities in weights, and
    /// weights too large for the compute type. Reads the weights once, unless they are made from a seed.
    /// </summary>
    public IReadOnlyList<CompileWarning> FindWarnings(CancellationToken cancellation = default) =>
    [
        .. Replayed.Where(static r => !r.Checked).Select(static r => new CompileWarning(SiteReport.NotCheckedCode, r.Site, SiteReport.NotChecked)),
        .. Emitted.LeftOut.Select(reason => new CompileWarning("TSR0906", Graph.Name, reason)),
        .. FromSeed ? [] : WeightCheck.Find(Single.Weights, Given, cancellation),
    ];

    /// <summary>Writes the model; an old file stays until the new one is complete.</summary>
    public void Save(string path, CancellationToken cancellation = default)
    {
        TellWarnings(cancellation);
        Emitted.Save(path, cancellation);
    }

    /// <summary>The model as bytes, weights inside.</summary>
    public byte[] ToBytes()
    {
        TellWarnings(CancellationToken.None);
        return Emitted.ToBytes();
    }

    /// <summary>Runs what was compiled: a session over its bytes, or over a temporary file where they are many.</summary>
    public ModelSession OpenSession(ModelSessionOptions? options = null) => OpenSession(options, LargestInMemory);

    internal ModelSession OpenSession(ModelSessionOptions? options, long largestInMemory)
    {
        if (Emitted.Weights.Sum(static w => w.Source.ByteLength) <= largestInMemory)
        {
            return ModelSession.FromBytes(ToBytes(), options);
        }

        TemporaryFolder folder = new();
        try
        {
            Save(folder["model.onnx"]);
            options ??= new ModelSessionOptions();
            return ModelSession.Open(folder["model.onnx"], options with { Owned = [folder, .. options.Owned] });
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private void TellWarnings(CancellationToken cancellation)
    {
        if (Warn is not null)
        {
            foreach (CompileWarning warning in FindWarnings(cancellation))
            {
                Warn(warning);
            }
        }
    }
}
