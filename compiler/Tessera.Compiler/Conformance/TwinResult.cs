namespace Tessera.Compiler.Conformance;

/// <summary>Whether optimising a test that spells an op out gives the op back.</summary>
/// <param name="Twin">Name of the test whose model holds the op's body.</param>
/// <param name="Test">Name of the test whose model holds the op.</param>
/// <param name="Op">ONNX name of the op.</param>
/// <param name="Failure">Why it counts as lost; null where the op is there again and gives the stored outputs.</param>
/// <param name="Rejections">What the rules said of it, where it is lost.</param>
public sealed record TwinResult(string Twin, string Test, string Op, string? Failure, IReadOnlyList<string> Rejections)
{
    public bool Recovered => Failure is null;
}
