using static Tessera.Nn.Functional;

namespace Tessera.Nn.Layers;

/// <summary>
/// NaViT's factorised positions (arXiv 2307.06304, section 2.1): <c>φ_y(row) + φ_x(column)</c>, stacked or multiplied;
/// rows and columns absolute, or as fractions of the image's own height and width.
/// </summary>
/// <param name="dim">Width of the result.</param>
/// <param name="maxSide">Largest number of rows or columns for absolute positions, and of table rows for fractional learned ones.</param>
/// <param name="kind">What φ is.</param>
/// <param name="fractional">Whether positions are divided by the image's side.</param>
/// <param name="combine">How the two embeddings become one.</param>
[Module]
public sealed partial class FactorizedPositions(
    int dim, int maxSide, PositionKind kind = PositionKind.Learned, bool fractional = false, PositionCombine combine = PositionCombine.Sum)
{
    public AxisPositions Y { get; } = new(combine == PositionCombine.Stack ? dim / 2 : dim, maxSide, kind, fractional);

    public AxisPositions X { get; } = new(combine == PositionCombine.Stack ? dim - (dim / 2) : dim, maxSide, kind, fractional);

    /// <param name="rows">Row of each patch, <c>i64[n]</c>.</param>
    /// <param name="columns">Column of each patch, <c>i64[n]</c>.</param>
    /// <param name="height">Rows of the image, <c>i64[]</c>.</param>
    /// <param name="width">Columns of the image, <c>i64[]</c>.</param>
    /// <returns><c>[n, dim]</c></returns>
    public Tensor Forward(Tensor rows, Tensor columns, Tensor height, Tensor width)
    {
        Tensor y = Y.Apply(rows, height);
        Tensor x = X.Apply(columns, width);
        return combine switch
        {
            PositionCombine.Sum => y + x,
            PositionCombine.Product => y * x,
            _ => Concat(-1, y, x),
        };
    }
}
