using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>The reference semantics of <see cref="Route"/>: token by token, then group by group where places are few.</summary>
internal sealed class RouteOracle
{
    private readonly EvalContext _context;
    private readonly Route _op;
    private readonly RefTensor _logits;
    private readonly RefTensor? _bias;
    private readonly int _tokens;
    private readonly int _experts;
    private readonly int _width;
    private readonly double[] _weights;
    private readonly long[] _chosen;
    private readonly long[] _slots;
    private readonly double[] _first;
    private readonly bool[] _bad;

    public RouteOracle(EvalContext context, Route op)
    {
        (_context, _op, _logits, _bias) = (context, op, context.Tensor(0), context.OptionalTensor(1));
        (_tokens, _experts) = ((int)_logits.Dims[0], (int)_logits.Dims[1]);
        _width = op.IsWide ? _experts : (int)op.K;
        (_weights, _chosen, _slots) = (new double[_tokens * _width], new long[_tokens * _width], new long[_tokens * _width]);
        (_first, _bad) = (new double[_tokens], new bool[_tokens]);
        Array.Fill(_slots, -1);
    }

    public IReadOnlyList<RefValue> Results()
    {
        if (_op.ExpertChoice)
        {
            ChooseTokens();
        }
        else
        {
            ChooseExperts();
        }

        long[] dims = [_tokens, _width];
        RefValue[] results = [RefTensor.Floats(_logits.DType, dims, _weights), RefTensor.Ints(DType.I64, dims, _chosen), RefTensor.Ints(DType.I64, dims, _slots)];
        return results[.._op.OutputCount];
    }

    private void ChooseExperts()
    {
        for (int t = 0; t < _tokens; t++)
        {
            double[] row = Row(t);
            (int[] ids, double[] weights) = _op.Scoring switch
            {
                RouteScoring.SparseTopK => Soft(row),
                RouteScoring.SparseMixer => SparseMix(row),
                _ => Best(row),
            };
            _first[t] = weights[0];
            Write(t, ids, weights);
        }

        if (_op.CapacityFactor.Value != 0)
        {
            foreach ((int start, int end) in Groups())
            {
                Bound(start, end);
            }
        }
    }

    private (int[] Ids, double[] Weights) Best(double[] row)
    {
        double[] scores = _op.SelectFirst ? row : Scores(row);
        double[] keys = [.. scores.Select((s, e) => s + (_bias?.F[e] ?? 0))];
        int[] ids = [.. ByKey(InGroups(keys)).Take((int)_op.K)];
        double[] picked = [.. ids.Select(e => scores[e])];
        return (ids, _op.SelectFirst ? Scores(picked) : picked);
    }

    // Experts outside the best groups are behind all others.
    private double[] InGroups(double[] keys)
    {
        if (_op.GroupCount == 0)
        {
            return keys;
        }

        int size = _experts / (int)_op.GroupCount;
        double[] groups =
        [
            .. Enumerable.Range(0, (int)_op.GroupCount).Select(g => keys.Skip(g * size).Take(size).OrderDescending()
                .Take(_op.GroupScore == GroupScore.Max ? 1 : 2).Sum()),
        ];
        HashSet<int> kept = [.. ByKey(groups).Take((int)_op.TopGroups)];
        return [.. keys.Select((k, e) => kept.Contains(e / size) ? k : double.NegativeInfinity)];
    }

    private (int[] Ids, double[] Weights) Soft(double[] row)
    {
        double[] y = new SoftSelection(_op.K, (float)_op.Lambda.Value, SoftSelection.Exponent((float)_op.P.Value), _op.Magnitude).Apply(row);
        return ([.. y.Select(static (v, e) => v == 0 ? -1 : e)], y);
    }

    private (int[] Ids, double[] Weights) SparseMix(double[] row)
    {
        double[] left = [.. row];
        int[] ids = new int[_op.K];
        double[] weights = new double[_op.K];
        for (int j = 0; j < ids.Length; j++)
        {
            int best = ByKey(left)[0];
            double max = left[best];
            double[] near = [.. left.Select((l, e) => (max - row[e]) / Math.Max(Math.Abs(row[e]), max) > 2 * (double)(float)_op.Jitter.Value ? double.NegativeInfinity : l)];
            (ids[j], weights[j]) = (best, SoftmaxOf(near)[best]);
            left[best] = double.NegativeInfinity;
        }

        return (ids, weights);
    }

    private void Write(int token, int[] ids, double[] weights)
    {
        double sum = weights.Sum() + (float)_op.Epsilon.Value;
        for (int j = 0; j < _width; j++)
        {
            double weight = (_op.Renormalize ? weights[j] / sum : weights[j]) * (float)_op.Scale.Value;
            _chosen[(token * _width) + j] = ids[j];
            _weights[(token * _width) + j] = ids[j] < 0 ? 0 : _bad[token] ? double.NaN : weight;
        }
    }

    // Assignments in the order of priority; what finds its expert full is dropped.
    private void Bound(int start, int end)
    {
        long room = Capacity(end - start, (float)_op.CapacityFactor.Value);
        long[] taken = new long[_experts];
        foreach (int at in InOrder(start, end))
        {
            long expert = _chosen[at];
            if (taken[expert] < room)
            {
                _slots[at] = taken[expert]++;
            }
            else
            {
                (_chosen[at], _weights[at]) = (-1, 0);
            }
        }
    }

    private IEnumerable<int> InOrder(int start, int end)
    {
        IEnumerable<int> tokens = Enumerable.Range(start, end - start);
        tokens = _op.Priority == RoutePriority.Batch ? tokens.OrderByDescending(t => _first[t]) : tokens;
        return _op.Priority == RoutePriority.Token
            ? tokens.SelectMany(t => Enumerable.Range(0, _width).Select(j => (t * _width) + j))
            : Enumerable.Range(0, _width).SelectMany(j => tokens.Select(t => (t * _width) + j));
    }

    private void ChooseTokens()
    {
        double[][] scores = [.. Enumerable.Range(0, _tokens).Select(t => Scores(Row(t)))];
        Array.Fill(_chosen, -1);
        foreach ((int start, int end) in Groups())
        {
            long room = Math.Min(Capacity(end - start, _op.CapacityFactor.Value == 0 ? 1 : (float)_op.CapacityFactor.Value), end - start);
            for (int e = 0; e < _experts; e++)
            {
                int[] order = [.. Enumerable.Range(start, end - start).OrderByDescending(t => scores[t][e]).Take((int)room)];
                for (int rank = 0; rank < order.Length; rank++)
                {
                    (_chosen[(order[rank] * _width) + e], _slots[(order[rank] * _width) + e]) = (e, rank);
                }
            }
        }

        for (int t = 0; t < _tokens; t++)
        {
            int[] ids = [.. _chosen.Skip(t * _width).Take(_width).Select(static e => (int)e)];
            Write(t, ids, [.. ids.Select((e, i) => e < 0 ? 0 : scores[t][i])]);
        }
    }

    private long Capacity(int tokens, double factor)
    {
        double room = factor * _op.K * tokens / _experts;
        long whole = (long)(_op.CapacityRounding switch
        {
            CapacityRounding.Ceil => Math.Ceiling(room),
            CapacityRounding.Floor => Math.Floor(room),
            _ => Math.Round(room, MidpointRounding.ToEven),
        });
        return (whole + _op.CapacityMultiple - 1) / _op.CapacityMultiple * _op.CapacityMultiple;
    }

    private IEnumerable<(int Start, int End)> Groups()
    {
        long[] cu = _context.OptionalTensor(2) is { } groups ? Segments.Check(_context, groups, _tokens) : [0, _tokens];
        return cu.Zip(cu.Skip(1), static (a, b) => ((int)a, (int)b));
    }

    private double[] Row(int token)
    {
        double[] row = _logits.F[(token * _experts)..((token + 1) * _experts)];
        bool endless = _op.Scoring != RouteScoring.Sigmoid && (row.Contains(double.PositiveInfinity) || row.All(double.IsNegativeInfinity));
        _bad[token] = endless || row.Any(double.IsNaN);
        return _bad[token] ? new double[_experts] : row;
    }

    private double[] Scores(double[] logits) => _op.Scoring == RouteScoring.Sigmoid
        ? [.. logits.Select(static l => 1 / (1 + Math.Exp(-l)))]
        : SoftmaxOf(logits);

    private static double[] SoftmaxOf(double[] logits)
    {
        double max = logits.Max();
        double[] exp = [.. logits.Select(l => Math.Exp(l - max))];
        double sum = exp.Sum();
        return [.. exp.Select(e => e / sum)];
    }

    // OrderByDescending is stable: of equal keys the first comes first.
    private static int[] ByKey(double[] keys) => [.. Enumerable.Range(0, keys.Length).OrderByDescending(e => keys[e])];
}
