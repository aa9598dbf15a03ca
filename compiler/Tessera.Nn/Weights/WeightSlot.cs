using Tessera.Ir;

namespace Tessera.Nn.Weights;

/// <summary>A place in a model that takes a weight: its path, the type and sizes it must have, and how to fill it when there is no file.</summary>
public sealed record WeightSlot(string Path, DType DType, IReadOnlyList<long> Dims, Initializer? Initializer = null)
{
    /// <summary>Whether files may hold it although nothing uses it.</summary>
    public bool FileOnly { get; init; }

    internal string TypeText => $"{DType.Text()}[{string.Join(", ", Dims)}]";
}
