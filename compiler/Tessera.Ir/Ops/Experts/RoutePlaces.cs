namespace Tessera.Ir.Ops;

/// <summary>
/// Places of tokens at experts in standard ops. The place of an assignment is how many before it, in the order of priority and in the
/// same group of tokens, name the same expert: running sums of one-hot rows, less what they were where the group begins.
/// </summary>
internal sealed class RoutePlaces
{
    private readonly GraphBuilder _g;
    private readonly Route _op;
    private readonly Dim _tokens;
    private readonly Dim _experts;
    private readonly Value _starts;
    private readonly Value _ends;
    private readonly Value _owners;
    private readonly Value _rooms;

    public RoutePlaces(GraphBuilder g, Route op)
    {
        (_g, _op) = (g, op);
        (_tokens, _experts) = (op.Logits.Shape[0], op.Logits.Shape[1]);
        Value cu = op.CuGroups is { } groups ? g.Cast(groups, DType.I64) : g.Concat([g.Ints(0), Vector(g.DimValue(_tokens))], 0);
        SegmentGrid grid = new(g, cu);
        (_starts, _ends, _owners) = (grid.Starts, g.Add(grid.Starts, grid.Lengths), grid.Owners(_tokens));
        _rooms = Rooms(grid.Lengths);
    }

    /// <summary>Experts of assignments that find room (−1 elsewhere), and places.</summary>
    /// <param name="ids"><c>i64[T, k]</c>.</param>
    /// <param name="weights"><c>[T, k]</c>: the first column orders tokens where priority is by batch.</param>
    public (Value Ids, Value Slots) Bounded(Value ids, Value weights)
    {
        Value places = _op.Priority switch
        {
            RoutePriority.Token => ByToken(ids),
            RoutePriority.Choice => ByChoice(ids),
            _ => InOrderOfWeight(ids, weights),
        };
        Value fits = _g.Less(places, _g.Unsqueeze(_g.Gather(_rooms, _owners), [1]));
        Value none = Int(-1);
        return (_g.Where(fits, ids, none), _g.Where(fits, places, none));
    }

    /// <summary>Tokens by the choice of experts: weights, ids and ranks, each <c>[T, E]</c>.</summary>
    public (Value Weights, Value Ids, Value? Slots) ChosenByExperts(Value scores)
    {
        // Twice stable: by score, then by group, so that each group's tokens stand together in the order of scores.
        Value byScore = Sorted(scores);
        Value groups = _g.Gather(_owners, byScore);
        Value tokens = _g.GatherElements(byScore, Sorted(_g.Neg(groups)), axis: 0);
        Value rank = _g.Sub(Positions(), _g.Gather(_starts, _owners));
        Value fits = _g.Less(rank, _g.Gather(_rooms, _owners));
        Shape wide = [_tokens, _experts];
        Value places = _g.Expand(_g.Unsqueeze(_g.Where(fits, rank, Int(-1)), [1]), wide);
        Value slots = _g.ScatterElements(_g.Expand(Int(-1), wide), tokens, places, axis: 0);
        Value chosen = _g.GreaterOrEqual(slots, Int(0));
        return (_g.Where(chosen, scores, _g.Float(scores.DType, 0)), _g.Where(chosen, Experts(), Int(-1)), slots);
    }

    private Value ByToken(Value ids)
    {
        Value k = Int(_op.K);
        Value flat = OneHot(_g.Reshape(ids, [_tokens * _op.K]));
        Value owners = _g.Reshape(_g.Expand(_g.Unsqueeze(_owners, [1]), [_tokens, _op.K]), [_tokens * _op.K]);
        Value before = Before(flat);
        Value places = _g.Sub(Rows(before), _g.Gather(_g.Gather(before, _g.Mul(_starts, k)), owners));
        return _g.Reshape(At(flat, places), [_tokens, _op.K]);
    }

    // What earlier choices of the group took comes first.
    private Value ByChoice(Value ids)
    {
        List<Value> columns = [];
        Value taken = _g.Expand(Int(0), [_starts.Shape[0], _experts]);
        for (long j = 0; j < _op.K; j++)
        {
            Value chosen = OneHot(_g.Reshape(_g.Slice(ids, starts: [j], ends: [j + 1], axes: [1]), [_tokens]));
            Value before = Before(chosen);
            Value first = _g.Gather(before, _starts);
            Value places = _g.Add(Rows(before), _g.Gather(_g.Sub(taken, first), _owners));
            columns.Add(_g.Unsqueeze(At(chosen, places), [1]));
            taken = _g.Add(taken, _g.Sub(_g.Gather(before, _ends), first));
        }

        return _g.Concat([.. columns], 1);
    }

    private Value InOrderOfWeight(Value ids, Value weights)
    {
        Value byWeight = Sorted(_g.Reshape(_g.Slice(weights, starts: [0], ends: [1], axes: [1]), [_tokens]));
        Value order = _g.Gather(byWeight, Sorted(_g.Neg(_g.Gather(_owners, byWeight))));
        Value back = _g.ScatterElements(Positions(), order, Positions());
        return _g.Gather(ByChoice(_g.Gather(ids, order)), back);
    }

    // i64[G]: places of an expert in each group.
    private Value Rooms(Value sizes)
    {
        double factor = _op.CapacityFactor.Value == 0 ? 1 : (float)_op.CapacityFactor.Value;
        Value share = _g.Div(_g.Mul(_g.Cast(sizes, DType.F64), Real(factor * _op.K)), _g.Cast(_g.DimValue(_experts), DType.F64));
        Value whole = _g.Cast(_op.CapacityRounding switch
        {
            CapacityRounding.Ceil => _g.Ceil(share),
            CapacityRounding.Floor => _g.Floor(share),
            _ => _g.Round(share),
        }, DType.I64);
        Value multiple = Int(_op.CapacityMultiple);
        return _op.CapacityMultiple == 1 ? whole : _g.Mul(_g.Div(_g.Add(whole, Int(_op.CapacityMultiple - 1)), multiple), multiple);
    }

    // [N, E] → [N + 1, E]: sums of the rows above each.
    private Value Before(Value oneHot) => _g.Concat([_g.Expand(Int(0), [1, _experts]), _g.CumSum(oneHot, 0)], 0);

    private Value Rows(Value before) => _g.Slice(before, starts: [0], ends: [-1], axes: [0]);

    private Value At(Value oneHot, Value places) => _g.ReduceSum(_g.Mul(oneHot, places), [1]);

    private Value OneHot(Value ids) => _g.Cast(_g.Equal(_g.Unsqueeze(ids, [1]), Experts()), DType.I64);

    // Stable: TopK takes the lower index of equal ones first.
    private Value Sorted(Value keys) => _g.TopK(keys, _tokens, axis: 0)[1];

    private Value Positions() => _g.Range(Int(0), _g.DimValue(_tokens), Int(1));

    private Value Experts() => _g.Constant(TensorContent.Vector([.. Enumerable.Range(0, (int)_experts.ConstValue!.Value).Select(static i => (long)i)]));

    private Value Vector(Value scalar) => _g.Unsqueeze(scalar, [0]);

    private Value Int(long value) => _g.Int(DType.I64, value);

    private Value Real(double value) => _g.Float(DType.F64, value);
}
