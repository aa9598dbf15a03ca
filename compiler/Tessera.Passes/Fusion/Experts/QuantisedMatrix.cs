using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// A matrix <c>[in, out]</c> (of a stack of them: with a leading axis) that is kept in 4 or 8 bits, in the form that experts take it: a scale
/// for each column, or for each column of a block of rows.
/// </summary>
/// <param name="Codes">Its numbers.</param>
/// <param name="Scale">Their scales.</param>
/// <param name="Zero">Their zero points.</param>
/// <param name="BlockSize">Rows that share a scale; 0 where all do.</param>
/// <param name="IsTurned">Whether all of them lie as <c>[out, in]</c>.</param>
internal sealed record QuantisedMatrix(Value Codes, Value Scale, Value? Zero, long BlockSize, bool IsTurned)
{
    /// <summary>What a value that is multiplied by is dequantised from; null where it is not.</summary>
    public static QuantisedMatrix? Of(Value weight) => weight.Op switch
    {
        DequantizeLinear { X.Rank: 2 or 3 } d => Of(d, isTurned: false),
        Transpose { Perm: [1, 0], X.Op: DequantizeLinear d } => Of(d, isTurned: true),
        _ => null,
    };

    /// <summary>Numbers, scale and zero point as <c>[in, out]</c>.</summary>
    public IEnumerable<Value> Tail(RewriteContext context)
    {
        Value?[] values = [Codes, Scale, Zero];
        return values.OfType<Value>().Select(v => IsTurned && v.Rank == 2 ? context.Emit(new Transpose(v) { Perm = [1, 0] }) : v);
    }

    private static QuantisedMatrix? Of(DequantizeLinear d, bool isTurned)
    {
        if (d.X.DType is not (DType.I8 or DType.U8 or DType.I4 or DType.U4) || d.To is not DType.Undefined)
        {
            return null;
        }

        int rank = d.X.Rank;
        int axis = (int)(d.Axis < 0 ? d.Axis + rank : d.Axis);
        (int rows, int columns) = isTurned ? (rank - 1, rank - 2) : (rank - 2, rank - 1);
        bool lies = d.BlockSize > 0 ? axis == rows && d.Scale.Rank == rank : rank == 2 && axis == columns && d.Scale.Rank == 1;
        bool moves = isTurned || rank == 3;
        if (!lies || (moves && !(IsWhole(d.X, isTurned) && (d.ZeroPoint is null || IsWhole(d.ZeroPoint, isTurned)))))
        {
            return null;
        }

        // Of a stack with one block for all rows, an expert's part is one number for each column.
        bool isOne = rank == 3 && d.Scale.Shape[1] == Dim.One;
        return new QuantisedMatrix(d.X, d.Scale, d.ZeroPoint, isOne ? 0 : d.BlockSize, isTurned);
    }

    // Numbers of less than a byte are moved where a model is written, not where it runs: rows, or the matrices of a stack, are whole bytes then.
    private static bool IsWhole(Value codes, bool isTurned)
    {
        int bits = codes.DType.Bits();
        Dim unit = isTurned || codes.Rank < 2 ? codes.Shape[^1] : codes.Shape[^1] * codes.Shape[^2];
        return bits >= 8 || (codes.Op is Parameter or Constant && unit.ConstValue is { } count && count * bits % 8 == 0);
    }
}
