using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>What a <see cref="TypedSession"/> was written for: an input or output of its model.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Rank">Its number of axes; null where it is not known.</param>
/// <param name="IsOptional">Whether a model may do without it.</param>
public sealed record SessionTensor(string Name, TensorElementType ElementType, int? Rank, bool IsOptional = false)
{
    /// <summary>A tensor of numbers.</summary>
    public static SessionTensor Of<T>(string name, int? rank, bool isOptional = false)
        where T : unmanaged
        => new(name, ElementTypes.TryOf<T>(out var type) ? type : throw RuntimeErrors.UnsupportedClrType(typeof(T)), rank, isOptional);

    /// <summary>A tensor of strings.</summary>
    public static SessionTensor OfStrings(string name, int? rank, bool isOptional = false) => new(name, TensorElementType.String, rank, isOptional);

    /// <summary>As in <c>patches: f32 of rank 2</c>.</summary>
    public override string ToString() => $"{Name}: {ElementTypes.NameOf(ElementType)}{(Rank is { } rank ? $" of rank {rank}" : "")}";

    internal bool Fits(TensorSpec spec) => spec.IsTensor && spec.ElementType == ElementType && (Rank is null || spec.Dims.Count == 0 || spec.Dims.Count == Rank);
}
