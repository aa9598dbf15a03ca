namespace Tessera.Ir.Ops;

/// <summary>
/// Grouped experts in standard ops: an expert's tokens are found, gathered and sent through it, but only where there are some; then every
/// token gathers its rows and adds them. Nothing is scattered with a sum, so the order of additions is that of a token's experts.
/// </summary>
internal sealed class GroupedMlpBody
{
    private readonly GraphBuilder _g;
    private readonly GroupedMlp _op;
    private readonly DType _type;
    private readonly Dim _assignments;
    private readonly Value _ids;
    private readonly Value _x;
    private readonly Value _weights;

    public GroupedMlpBody(GraphBuilder g, GroupedMlp op)
    {
        (_g, _op, _type) = (g, op, Widening.Wide(op.X.DType));
        _assignments = op.Experts.Shape.NumElements;
        _ids = g.Reshape(op.Experts, [_assignments]);
        (_x, _weights) = (Widening.Up(g, op.X), Widening.Up(g, op.Weights));
    }

    public Value Build()
    {
        Shape result = _op.Outputs[0].Shape;
        List<Value> found = [];
        List<Value> rows = [];
        for (int e = 0; e < _op.ExpertCount; e++)
        {
            Value at = _g.Squeeze(_g.NonZero(_g.Equal(_ids, _g.Int(DType.I64, e))), [0]);
            found.Add(at);
            rows.Add(Rows(e, at, result[1]));
        }

        rows.Add(_g.Expand(_g.Float(_type, 0), [1, result[1]]));
        Value picked = _g.Gather(_g.Concat([.. rows], 0), _g.Reshape(Places(_g.Concat([.. found], 0)), _op.Experts.Shape));
        Value summed = _g.ReduceSum(_op.WeightOn == WeightSide.Output ? _g.Mul(picked, _g.Unsqueeze(Weights(), [2])) : picked, [1]);
        return Widening.To(_g, summed, _op.X.DType);
    }

    // i64[T · K]: the row of each assignment among all that experts gave; the row of zeros behind them for one that has no expert.
    private Value Places(Value found)
    {
        Value count = _g.SizeOf(found);
        Value rows = _g.Range(_g.Int(DType.I64, 0), count, _g.Int(DType.I64, 1));
        return _g.ScatterElements(_g.Expand(count, [_assignments]), found, rows);
    }

    // A weight of no expert may be anything.
    private Value Weights()
    {
        Value isOne = _g.And(
            _g.GreaterOrEqual(_op.Experts, _g.Int(DType.I64, 0)),
            _g.Less(_op.Experts, _g.Int(DType.I64, _op.ExpertCount)));
        return _g.Where(isOne, _weights, _g.Float(_type, 0));
    }

    private Value Rows(int expert, Value at, Dim width)
    {
        Value[] tail = [.. _op.Tail.Skip(expert * _op.Stride).Take(_op.Stride)];
        Value[] captures = [at, _x, .. _op.WeightOn == WeightSide.Input ? [_weights] : Array.Empty<Value>(), .. tail];
        IReadOnlyList<IrType> types = [.. captures.Select(static v => v.Type)];
        return _g.If(
            _g.Greater(_g.SizeOf(at), _g.Int(DType.I64, 0)),
            [.. captures],
            Regions.Of(types, (b, p) => [Expert(b, p)], _g.Constraints),
            Regions.Of(types, (b, _) => [b.Expand(b.Float(_type, 0), [0, width])], _g.Constraints))[0];
    }

    private Value Expert(GraphBuilder b, IReadOnlyList<Value> p)
    {
        Value x = b.Gather(p[1], b.Div(p[0], b.Int(DType.I64, _op.Experts.Shape[1].ConstValue!.Value)));
        int next = 2;
        if (_op.WeightOn == WeightSide.Input)
        {
            Value flat = b.Reshape(p[next++], [p[2].Shape.NumElements, 1]);
            x = b.Mul(x, b.Gather(flat, p[0]));
        }

        return new ExpertBody(b, _op, [.. p.Skip(next)]).Apply(x);
    }
}
