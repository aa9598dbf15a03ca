namespace Tessera.Compiler.Conformance;

/// <summary>What is asked of a node test.</summary>
public enum ConformanceStage
{
    /// <summary>It is read.</summary>
    Imported,

    /// <summary>No node of <c>ai.onnx</c> is carried through without being understood.</summary>
    Typed,

    /// <summary>The reference evaluator gives the stored outputs, without ONNX Runtime.</summary>
    Evaluated,

    /// <summary>Read and written again, ONNX Runtime gives the stored outputs.</summary>
    Reemitted,

    /// <summary>Read, optimised and written, ONNX Runtime gives the stored outputs.</summary>
    Optimised,
}

/// <summary>How one test fared.</summary>
/// <param name="Test">Name of the test.</param>
/// <param name="Failures">Why each stage that failed did.</param>
/// <param name="Runtime">Why ONNX Runtime itself does not give the stored outputs on the original; null where it does.</param>
public sealed record ConformanceResult(string Test, IReadOnlyDictionary<ConformanceStage, string> Failures, string? Runtime)
{
    public bool Passed(ConformanceStage stage) => !Failures.ContainsKey(stage);
}
