using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Routes one token at a time: its scores, the experts that it chooses, and their weights. Lies in a thread's scratch.</summary>
internal readonly unsafe struct RouteRow
{
    private readonly double* _logits;
    private readonly double* _scores;
    private readonly double* _keys;
    private readonly double* _bias;

    /// <summary>[K']: the weights of the token's choices.</summary>
    public readonly double* Weights;

    /// <summary>[K']: their experts, or −1.</summary>
    public readonly int* Ids;

    public RouteRow(in RouteProblem problem)
    {
        int e = problem.Experts;
        double* p = (double*)ThreadScratch.Rent(12L * (e + 1));
        _logits = p;
        _scores = p + e;
        _keys = p + (2 * e);
        _bias = p + (3 * e);
        Weights = p + (4 * e);
        Ids = (int*)(p + (5 * e));
        if (problem.Bias is null)
            new Span<double>(_bias, e).Clear();
        else
            FloatRows.Load(problem.Format, problem.Bias, 0, e, _bias);
    }

    /// <summary>Reads a token's logits; a row that is not numbers is one of zeros, and true is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Load(in RouteProblem problem, int token)
    {
        int e = problem.Experts;
        FloatRows.Load(problem.Format, problem.Logits, (long)token * e, e, _logits);
        bool infinite = problem.Options.Scoring != Scoring.Sigmoid, bad = infinite;
        for (int i = 0; i < e; i++)
            bad &= double.IsNegativeInfinity(_logits[i]);
        for (int i = 0; i < e; i++)
            bad |= double.IsNaN(_logits[i]) || (infinite && double.IsPositiveInfinity(_logits[i]));
        if (bad)
            new Span<double>(_logits, e).Clear();
        return bad;
    }

    /// <summary>Softmax or sigmoid of the logits.</summary>
    public void Score(in RouteProblem problem, double* scores)
    {
        if (problem.Options.Scoring == Scoring.Sigmoid)
            Sigmoid(_logits, problem.Experts, scores);
        else
            Softmax(_logits, problem.Experts, scores);
    }

    /// <summary>Experts and weights, renormalised and scaled, of the logits that were read.</summary>
    /// <returns>The weight of the first choice before that: it orders tokens.</returns>
    public double Choose(in RouteProblem problem)
    {
        ref readonly RouteOptions options = ref problem.Options;
        int columns = problem.Columns;
        if (options.Scoring == Scoring.SparseTopK)
            Sparse(problem);
        else if (options.Scoring == Scoring.SparseMixer)
            Mix(problem);
        else
            Select(problem);
        double first = columns > 0 ? Weights[0] : 0;
        Finish(options, Weights, columns);
        return first;
    }

    /// <summary>Renormalises and scales.</summary>
    public static void Finish(in RouteOptions options, double* weights, int count)
    {
        double sum = 0;
        for (int j = 0; j < count; j++)
            sum += weights[j];
        for (int j = 0; j < count; j++)
            weights[j] = (options.Renormalize ? weights[j] / (sum + options.Epsilon) : weights[j]) * options.Scale;
    }

    private void Select(in RouteProblem problem)
    {
        ref readonly RouteOptions options = ref problem.Options;
        double* scores = options.SelectFirst ? _logits : _scores;
        if (!options.SelectFirst)
            Score(problem, _scores);
        for (int i = 0; i < problem.Experts; i++)
            _keys[i] = scores[i] + _bias[i];
        if (options.GroupCount > 0)
            KeepBestGroups(options, problem.Experts);
        Largest(_keys, problem.Experts, Ids, options.K);
        for (int j = 0; j < options.K; j++)
            Weights[j] = scores[Ids[j]];
        if (options.SelectFirst && options.Scoring == Scoring.Sigmoid)
            Sigmoid(Weights, options.K, Weights);
        else if (options.SelectFirst)
            Softmax(Weights, options.K, Weights);
    }

    /// <summary>Keys of experts in groups that are not among the best become −∞.</summary>
    private void KeepBestGroups(in RouteOptions options, int experts)
    {
        int groups = options.GroupCount, size = experts / groups;

        // Nothing is chosen yet: the places of weights and ids are free.
        double* best = Weights;
        for (int g = 0; g < groups; g++)
        {
            double first = double.NegativeInfinity, second = double.NegativeInfinity;
            for (int i = g * size; i < (g + 1) * size; i++)
            {
                second = Math.Max(second, Math.Min(first, _keys[i]));
                first = Math.Max(first, _keys[i]);
            }

            best[g] = options.SumOfTwo && size > 1 ? first + second : first;
        }

        Largest(best, groups, Ids, Math.Min(options.TopGroups, groups));
        Span<int> kept = new(Ids, Math.Min(options.TopGroups, groups));
        for (int i = 0; i < experts; i++)
            _keys[i] = kept.Contains(i / size) ? _keys[i] : double.NegativeInfinity;
    }

    /// <summary>
    /// PhiMoE's mixer as it evaluates: of what is not chosen yet the largest logit m, weighted by a softmax over those that are within
    /// 2 · jitter of it, relative to max(|l|, m).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(in RouteProblem problem)
    {
        int e = problem.Experts;
        new Span<double>(_logits, e).CopyTo(new(_keys, e));
        for (int j = 0; j < problem.Options.K; j++)
        {
            int best = 0;
            for (int i = 1; i < e; i++)
                best = _keys[i] > _keys[best] ? i : best;
            double m = _keys[best], sum = 0;
            for (int i = 0; i < e; i++)
            {
                bool masked = (m - _keys[i]) / Math.Max(Math.Abs(_logits[i]), m) > 2 * problem.Options.Jitter;
                sum += masked ? 0 : Math.Exp(_keys[i] - m);
            }

            Ids[j] = best;
            Weights[j] = 1 / sum;
            _keys[best] = double.NegativeInfinity;
        }
    }

    private void Sparse(in RouteProblem problem)
    {
        int e = problem.Experts;
        new Span<double>(_logits, e).CopyTo(new(Weights, e));
        SparseTopKRow.Run(problem.Options.Sparse, Weights, e);
        for (int i = 0; i < e; i++)
            Ids[i] = Weights[i] != 0 ? i : -1;
    }

    /// <summary>The k largest, best first, the lower index first among equals; NaN is no better than −∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Largest(double* keys, int count, int* best, int k)
    {
        int found = 0;
        for (int i = 0; i < count; i++)
        {
            double key = double.IsNaN(keys[i]) ? double.NegativeInfinity : keys[i];
            keys[i] = key;
            if (found == k && (k == 0 || !(key > keys[best[k - 1]])))
                continue;
            int at = found < k ? found++ : k - 1;
            for (; at > 0 && key > keys[best[at - 1]]; at--)
                best[at] = best[at - 1];
            best[at] = i;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Softmax(double* x, int count, double* y)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < count; i++)
            max = Math.Max(max, x[i]);
        Exps.Run(x, -max, count, y);
        for (int i = 0; i < count; i++)
            sum += y[i];
        for (int i = 0; i < count; i++)
            y[i] /= sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sigmoid(double* x, int count, double* y)
    {
        for (int i = 0; i < count; i++)
            y[i] = 1 / (1 + Math.Exp(-x[i]));
    }
}
