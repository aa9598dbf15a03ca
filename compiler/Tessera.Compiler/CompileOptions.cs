using Tessera.Ir;
using Tessera.Nn.Weights;
using Tessera.Onnx;

namespace Tessera.Compiler;

/// <summary>How a module becomes a model.</summary>
public sealed record CompileOptions
{
    public Batching Batch { get; init; } = Batching.Single;

    /// <summary>Compute type: f32, f16 or bf16. Norms and softmax accumulate in f32 whatever it is.</summary>
    public DType DType { get; init; } = DType.F32;

    /// <summary>Weights by path; null fills them from <see cref="Seed"/>.</summary>
    public WeightSet? Weights { get; init; }

    /// <summary>Seed of the initialisers when there are no weights.</summary>
    public long Seed { get; init; }

    /// <summary>Whether rewrites run; without them the graph is emitted as it was traced.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Whether each rewritten site is replayed, original against replacement, on generated inputs.</summary>
    public bool Verify { get; init; }

    /// <summary>Where a pass that fails by its own fault leaves the graph before it (<c>*.repro.ir</c>); null leaves none.</summary>
    public string? ReproDirectory { get; init; }

    /// <summary>What is put around the batched graph; null for nothing.</summary>
    internal Func<Ir.Graph, Ir.Graph>? Around { get; init; }

    /// <summary>Target, opset and where weights go.</summary>
    public EmitOptions Emit { get; init; } = new();

    /// <summary>
    /// Told what <see cref="CompiledModel.FindWarnings"/> finds, before a model is saved or opened, for which the weights are
    /// read once more; null for nobody.
    /// </summary>
    public Action<CompileWarning>? Warn { get; init; }

    /// <summary>Told what is being done, for progress on long work.</summary>
    public Action<string>? Progress { get; init; }
}
