using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary><c>x · weight + bias</c>.</summary>
/// <param name="X">What is multiplied.</param>
/// <param name="Weight">The matrix, or what it is dequantised from.</param>
/// <param name="Bias">What is added to each row.</param>
internal sealed record Affine(Value X, Value Weight, Value? Bias)
{
    private QuantisedMatrix? Quantised => QuantisedMatrix.Of(Weight);

    /// <summary>Whether the matrix is kept in few bits, in the form that experts take it.</summary>
    public bool IsQuantised => Quantised is not null;

    public long BlockSize => Quantised?.BlockSize ?? 0;

    public bool HasZeroPoint => Quantised?.Zero is not null;

    /// <summary>Whether another is kept in the same way.</summary>
    public bool IsLike(Affine other) => IsQuantised == other.IsQuantised && BlockSize == other.BlockSize && HasZeroPoint == other.HasZeroPoint;

    /// <summary>The matrix with all that belongs to it, in the order of <see cref="GroupedMlp.Tail"/>, each with the rank that it has there.</summary>
    public IEnumerable<(Value Value, int Rank)> Tail(RewriteContext context)
    {
        int scale = BlockSize == 0 ? 1 : 2;
        IEnumerable<(Value, int)> matrix = Quantised is { } narrow ? narrow.Tail(context).Select((v, i) => (v, i == 0 ? 2 : scale)) : [(Weight, 2)];
        return Bias is null ? matrix : matrix.Append((Bias, 1));
    }

    /// <summary>What a value is as a product with a matrix (of a stack of them: with a leading axis), and perhaps a bias.</summary>
    /// <param name="value">The product or the sum.</param>
    /// <param name="rank">Rank of the weight.</param>
    public static Affine? Of(Value value, int rank) => value.Op switch
    {
        MatMul { A: var x, B: var w } when w.Rank == rank => new Affine(x, w, null),
        Add { A: { Op: MatMul { A: var x, B: var w } } product, B: var b } when w.Rank == rank && IsBias(b, product, rank) => new Affine(x, w, b),
        Add { B: { Op: MatMul { A: var x, B: var w } } product, A: var b } when w.Rank == rank && IsBias(b, product, rank) => new Affine(x, w, b),
        _ => null,
    };

    // One number for each column: [H], or for a stack [E, 1, H].
    private static bool IsBias(Value bias, Value product, int rank)
    {
        Shape shape = bias.Shape;
        return shape.Rank >= 1 && shape.Rank <= product.Rank && shape[^1] == product.Shape[^1]
            && (rank == 2 ? shape.SkipLast(1).All(static d => d == Dim.One) : shape.Rank == rank && shape[^2] == Dim.One);
    }
}
