using Tessera.Onnx;

namespace Tessera.Compiler;

/// <summary>How a model from elsewhere is optimised.</summary>
public sealed record OptimizeOptions
{
    /// <summary>What may run the result.</summary>
    public EmitTarget Target { get; init; } = EmitTarget.Ort;

    /// <summary>Version of <c>ai.onnx</c> to write; null keeps the model's, or the nearest that is written.</summary>
    public int? Opset { get; init; }

    /// <summary>Whether each rewritten site is replayed, original against replacement, on generated inputs.</summary>
    public bool Verify { get; init; }

    /// <summary>Told what should not be overlooked.</summary>
    public Action<CompileWarning>? Warn { get; init; }

    /// <summary>Told what is being done.</summary>
    public Action<string>? Progress { get; init; }
}
