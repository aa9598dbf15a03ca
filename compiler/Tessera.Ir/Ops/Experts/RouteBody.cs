namespace Tessera.Ir.Ops;

/// <summary><see cref="Route"/> in standard ops, types narrower than f32 computed in it.</summary>
internal sealed class RouteBody
{
    private readonly GraphBuilder _g;
    private readonly Route _op;
    private readonly DType _type;
    private readonly Value _bad;
    private readonly Value _logits;

    public RouteBody(GraphBuilder g, Route op)
    {
        (_g, _op) = (g, op);
        Value logits = Widening.Up(g, op.Logits);
        _type = logits.DType;
        _bad = Bad(logits);
        _logits = g.Where(_bad, Number(0), logits);
    }

    public IReadOnlyList<Value> Build()
    {
        (Value weights, Value ids, Value? slots) = Chosen();
        weights = Finished(weights);
        weights = _g.Where(_bad, Number(double.NaN), weights);
        if (_op.IsWide || slots is not null)
        {
            weights = _g.Where(_g.Less(ids, _g.Int(DType.I64, 0)), Number(0), weights);
        }

        weights = Widening.To(_g, weights, _op.Logits.DType);
        return slots is null ? [weights, ids] : [weights, ids, slots];
    }

    private (Value Weights, Value Ids, Value? Slots) Chosen()
    {
        if (_op.ExpertChoice)
        {
            return new RoutePlaces(_g, _op).ChosenByExperts(Scores(_logits));
        }

        (Value weights, Value ids) = _op.Scoring switch
        {
            RouteScoring.SparseTopK => Soft(),
            RouteScoring.SparseMixer => SparseMix(),
            _ => Best(),
        };
        if (_op.CapacityFactor.Value == 0)
        {
            return (weights, ids, null);
        }

        (ids, Value slots) = new RoutePlaces(_g, _op).Bounded(ids, weights);
        return (weights, ids, slots);
    }

    private Value Finished(Value weights)
    {
        if (_op.Renormalize)
        {
            Value sum = _g.ReduceSum(weights, [1], keepDims: true);
            weights = _g.Div(weights, _op.Epsilon.Value == 0 ? sum : _g.Add(sum, Number((float)_op.Epsilon.Value)));
        }

        return _op.Scale.Value == 1 ? weights : _g.Mul(weights, Number((float)_op.Scale.Value));
    }

    private (Value Weights, Value Ids) Best()
    {
        Value scores = _op.SelectFirst ? _logits : Scores(_logits);
        Value keys = _op.SelectionBias is { } bias ? _g.Add(scores, Widening.Up(_g, bias)) : scores;
        Value ids = _g.TopK(InGroups(keys), _op.K)[1];
        Value picked = _g.GatherElements(scores, ids, axis: 1);
        return (_op.SelectFirst ? Scores(picked) : picked, ids);
    }

    private Value InGroups(Value keys)
    {
        if (_op.GroupCount == 0)
        {
            return keys;
        }

        Shape shape = [keys.Shape[0], _op.GroupCount, keys.Shape[1].ConstValue!.Value / _op.GroupCount];
        Value grouped = _g.Reshape(keys, shape);
        Value best = _op.GroupScore == GroupScore.Max || shape[2].ConstValue == 1
            ? _g.ReduceMax(grouped, [2])
            : _g.ReduceSum(_g.TopK(grouped, 2)[0], [2]);
        Value kept = _g.TopK(best, _op.TopGroups)[1];
        Value all = _g.Constant(TensorContent.Vector([.. Enumerable.Range(0, (int)_op.GroupCount).Select(static i => (long)i)]));
        Value isKept = _g.Cast(_g.Equal(_g.Unsqueeze(kept, [2]), all), DType.I32);
        Value any = _g.Greater(_g.ReduceSum(isKept, [1]), _g.Int(DType.I32, 0));
        return _g.Reshape(_g.Where(_g.Unsqueeze(any, [2]), grouped, Number(double.NegativeInfinity)), keys.Shape);
    }

    private (Value Weights, Value Ids) Soft()
    {
        Value y = _g.Emit(new SparseTopK(_logits) { K = _op.K, Lambda = _op.Lambda, P = _op.P, Magnitude = _op.Magnitude });
        Value own = _g.Constant(TensorContent.Vector([.. Enumerable.Range(0, (int)_logits.Shape[1].ConstValue!.Value).Select(static i => (long)i)]));
        return (y, _g.Where(_g.Equal(y, Number(0)), _g.Int(DType.I64, -1), own));
    }

    private (Value Weights, Value Ids) SparseMix()
    {
        Value left = _logits;
        Value lowest = Number(double.NegativeInfinity);
        List<Value> weights = [];
        List<Value> ids = [];
        for (int j = 0; j < _op.K; j++)
        {
            IReadOnlyList<Value> best = _g.TopK(left, 1);
            Value distance = _g.Div(_g.Sub(best[0], _logits), _g.Max(_g.Abs(_logits), best[0]));
            Value near = _g.Where(_g.Greater(distance, Number(2 * (double)(float)_op.Jitter.Value)), lowest, left);
            weights.Add(_g.GatherElements(_g.Softmax(near), best[1], axis: 1));
            ids.Add(best[1]);
            left = _g.ScatterElements(left, best[1], _g.Expand(lowest, best[0].Shape), axis: 1);
        }

        return (_g.Concat([.. weights], 1), _g.Concat([.. ids], 1));
    }

    private Value Scores(Value logits) => _op.Scoring == RouteScoring.Sigmoid ? _g.Sigmoid(logits) : _g.Softmax(logits);

    // bool[T, 1]: rows that no routing follows from.
    private Value Bad(Value logits)
    {
        Value unusable = _op.Scoring == RouteScoring.Sigmoid ? _g.IsNaN(logits) : _g.Or(_g.IsNaN(logits), _g.IsInf(logits, detectNegative: false));
        Value bad = _g.Greater(Count(unusable), _g.Int(DType.I32, 0));
        if (_op.Scoring == RouteScoring.Sigmoid)
        {
            return bad;
        }

        Value lowest = Count(_g.IsInf(logits, detectPositive: false));
        return _g.Or(bad, _g.Equal(lowest, _g.Int(DType.I32, logits.Shape[1].ConstValue!.Value)));
    }

    private Value Count(Value flags) => _g.ReduceSum(_g.Cast(flags, DType.I32), [1], keepDims: true);

    private Value Number(double value) => _g.Float(_type, value);
}
