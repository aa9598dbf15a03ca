namespace Tessera.Ir.Ops;

/// <summary>
/// Segments laid out in rows of one length, by standard ops: the way the bodies of segment ops reach tokens, so that no
/// token ever meets one of another segment. There are as many columns as the longest segment has tokens, at least one.
/// </summary>
internal sealed class SegmentGrid
{
    private readonly GraphBuilder _builder;
    private readonly Value _tokens;
    private readonly Value _longest;

    public SegmentGrid(GraphBuilder builder, Value cuSeqlens)
    {
        _builder = builder;
        Value cu = Widening.To(builder, cuSeqlens, DType.I64);
        Starts = builder.Slice(cu, [0], [-1], [0]);
        Lengths = builder.Sub(builder.Slice(cu, [1], [long.MaxValue], [0]), Starts);
        _tokens = builder.Gather(cu, builder.Int(DType.I64, -1));
        Value atLeastOne = builder.Concat([builder.Constant(TensorContent.Vector([1])), Lengths], 0);
        _longest = builder.ReduceMax(atLeastOne, [0]);
        Positions = builder.Range(builder.Int(DType.I64, 0), _longest, builder.Int(DType.I64, 1));
        Mask = builder.Less(builder.Unsqueeze(Positions, [0]), builder.Unsqueeze(Lengths, [1]));
    }

    /// <summary><c>i64[B]</c>: the first token of each segment.</summary>
    public Value Starts { get; }

    /// <summary><c>i64[B]</c>: tokens in each segment.</summary>
    public Value Lengths { get; }

    /// <summary><c>i64[L]</c>: 0 … L − 1.</summary>
    public Value Positions { get; }

    /// <summary><c>bool[B, L]</c>: where a token stands.</summary>
    public Value Mask { get; }

    /// <summary><c>x[T, …] → [B, L, …]</c>, places without a token filled with a number.</summary>
    public Value Spread(Value x, Value fill)
    {
        Shape row = [1, .. x.Shape.Skip(1)];
        Value padded = _builder.Concat([x, _builder.Expand(fill, row)], 0);
        Value token = _builder.Add(_builder.Unsqueeze(Starts, [1]), _builder.Unsqueeze(Positions, [0]));
        return _builder.Gather(padded, _builder.Where(Mask, token, _tokens));
    }

    /// <summary><c>i64[T]</c>: the segment of each token.</summary>
    /// <param name="total">T, where it is known by name.</param>
    public Value Owners(Dim? total = null) => Coordinate(0, total);

    /// <summary><c>[B, L, …] → [T, …]</c>: the tokens back in their order.</summary>
    public Value Collect(Value grid, Dim? total = null)
    {
        Value flat = _builder.Reshape(grid, [grid.Shape[0] * grid.Shape[1], .. grid.Shape.Skip(2)]);
        Value place = _builder.Add(_builder.Mul(Coordinate(0, total), _longest), Coordinate(1, total));
        return _builder.Gather(flat, place);
    }

    // Row-major order of the mask's true elements is the packed order of tokens.
    private Value Coordinate(int axis, Dim? total)
    {
        Value found = _builder.NonZero(Mask);
        if (total is not null)
        {
            _builder.Assume(new Constraint.Equal(found.Shape[1], total));
        }

        return _builder.Gather(found, _builder.Int(DType.I64, axis));
    }
}
