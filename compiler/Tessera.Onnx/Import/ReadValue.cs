using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>What a name of a model stands for.</summary>
/// <param name="Value">The value; null for shape arithmetic that has no op of ours and serves sizes only.</param>
/// <param name="Sizes">Its elements as sizes, row-major, where it holds integers that follow from shapes and constants.</param>
internal sealed record ReadValue(Value? Value, IReadOnlyList<Dim>? Sizes = null)
{
    /// <summary>The size x where this is <c>x − (1 − k)</c>, written so for the numerator of <c>⌈x / k⌉</c> alone; and k − 1.</summary>
    public (Dim Size, long By)? Raised { get; init; }
}
