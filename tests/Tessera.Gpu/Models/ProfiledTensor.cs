namespace Tessera.Gpu.Models;

/// <summary>A tensor that a node read or wrote.</summary>
/// <param name="Type">Its element type, as ONNX Runtime writes it.</param>
/// <param name="Dims">Its sizes.</param>
internal sealed record ProfiledTensor(string Type, IReadOnlyList<long> Dims)
{
    public override string ToString() => $"{Type}[{string.Join(", ", Dims)}]";
}
