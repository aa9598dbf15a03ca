using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>Declares a weight of a module: its fixed sizes and how it starts when no file provides it.</summary>
/// <param name="shape">Fixed sizes, outermost first; PyTorch's layout.</param>
/// <param name="initializer">Distribution of the seeded start values.</param>
/// <param name="dtype">Element type where it must not follow the compute type.</param>
public sealed class Parameter(Shape shape, Weights.Initializer initializer, DType? dtype = null)
{
    public Shape Shape { get; } = shape.IsStatic
        ? shape
        : throw new TesseraException("TSR0602", "", $"a weight must have fixed sizes; it is {shape}.");

    public Weights.Initializer Initializer { get; } = initializer;

    public DType? DType { get; } = dtype;

    /// <summary>Whether files may hold it, while no graph uses it: loading neither asks for it nor calls it unexpected.</summary>
    public bool FileOnly { get; init; }

    /// <summary>The weight in the graph that <paramref name="any"/> belongs to.</summary>
    public Tensor In(Tensor any) => any.Tracer.Weight(this);

    public override string ToString() => Shape.ToString();
}
