namespace Tessera.Ir.Ops;

/// <summary>
/// Segments laid out in rows of one length, by standard ops: the way the bodies of segment ops reach tokens, so that no
/// token ever meets one of another segment. There are as many columns as the longest segment has tokens, at least one.
/// </summary>
internal sealed class SegmentGrid
{
    private readonly GraphBuilder _builder;
    private readonly Value _ends;
    private readonly Value _count;
    private readonly Value _longest;
    private readonly Value _positions;

    public SegmentGrid(GraphBuilder builder, Value cuSeqlens)
    {
        _builder = builder;
        Value cu = Widening.To(builder, cuSeqlens, DType.I64);
        Starts = builder.Slice(cu, [0], [-1], [0]);
        _ends = builder.Slice(cu, [1], [long.MaxValue], [0]);
        Lengths = builder.Sub(_ends, Starts);
        _count = Count(builder, cuSeqlens);
        _longest = builder.ReduceMax(builder.Concat([Vector(1), Lengths], 0), [0]);
        _positions = From0(_longest);
        Mask = builder.Less(builder.Unsqueeze(_positions, [0]), builder.Unsqueeze(Lengths, [1]));
    }

    /// <summary><c>i64[B]</c>: the first token of each segment.</summary>
    public Value Starts { get; }

    /// <summary><c>i64[B]</c>: tokens in each segment.</summary>
    public Value Lengths { get; }

    /// <summary><c>bool[B, L]</c>: where a token stands.</summary>
    public Value Mask { get; }

    /// <summary><c>i64[]</c>: tokens of all segments. All who ask the offsets ask them so, and are seen to get the same.</summary>
    public static Value Count(GraphBuilder builder, Value cuSeqlens) =>
        builder.Gather(Widening.To(builder, cuSeqlens, DType.I64), builder.Int(DType.I64, -1));

    /// <summary><c>x[T, …] → [B, L, …]</c>, places without a token filled with a number.</summary>
    public Value Spread(Value x, Value fill)
    {
        Shape row = [1, .. x.Shape.Skip(1)];
        Value padded = _builder.Concat([x, _builder.Expand(fill, row)], 0);
        Value token = _builder.Add(_builder.Unsqueeze(Starts, [1]), _builder.Unsqueeze(_positions, [0]));
        return _builder.Gather(padded, _builder.Where(Mask, token, _count));
    }

    /// <summary><c>i64[T]</c>: the segment of each token, which is how many segments end before it or at it.</summary>
    /// <param name="total">T, by name.</param>
    public Value Owners(Dim total) => Owners(Tokens(total));

    /// <summary>The same, where a value says the total.</summary>
    /// <param name="total">T, <c>i64[]</c>.</param>
    /// <param name="name">What T is called.</param>
    public Value Owners(Value total, Dim name) => Owners(From0(total, name));

    /// <summary><c>[B, L, …] → [T, …]</c>: the tokens back in their order.</summary>
    public Value Collect(Value grid, Dim total)
    {
        Value owners = Owners(total);
        Value position = _builder.Sub(Tokens(total), _builder.Gather(Starts, owners));
        Value flat = _builder.Reshape(grid, [grid.Shape[0] * grid.Shape[1], .. grid.Shape.Skip(2)]);
        return _builder.Gather(flat, _builder.Add(_builder.Mul(owners, _longest), position));
    }

    private Value Owners(Value tokens)
    {
        // One end that no token reaches, so that there is something to sum when there are no segments.
        Value ends = _builder.Concat([_ends, Vector(long.MaxValue)], 0);
        Value ended = _builder.LessOrEqual(_builder.Unsqueeze(ends, [0]), _builder.Unsqueeze(tokens, [1]));
        return _builder.ReduceSum(_builder.Cast(ended, DType.I64), [1]);
    }

    private Value Tokens(Dim total) => _builder.IsOfInputs(total) ? From0(_builder.DimValue(total)) : From0(_count, total);

    // A size that no input carries has its name from here on.
    private Value From0(Value limit, Dim name) => _builder.EmitAs(Positions(limit), [new TensorType(DType.I64, [name])])[0];

    private Value From0(Value limit) => _builder.Emit(Positions(limit));

    private Range Positions(Value limit) => new(_builder.Int(DType.I64, 0), limit, _builder.Int(DType.I64, 1));

    private Value Vector(long only) => _builder.Constant(TensorContent.Vector([only]));
}
