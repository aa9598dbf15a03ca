using System.Runtime.CompilerServices;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Packed attention in f64: plain loops, a query and head at a time. There so that no graph is refused.</summary>
internal static unsafe class DoubleAttention
{
    public static void Run<TParallel>(in AttentionProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        fixed (AttentionProblem* shared = &problem)
            parallel.For(problem.Segments, &Segment, shared);
    }

    private static void Segment(void* state, int segment)
    {
        ref readonly AttentionProblem p = ref *(AttentionProblem*)state;
        int queries = p.CuQ[segment + 1] - p.CuQ[segment], keys = p.CuK[segment + 1] - p.CuK[segment];
        double* scratch = (double*)ThreadScratch.Rent(2L * (keys + p.HeadDim));
        double* query = scratch + keys;
        for (int i = 0; i < queries; i++)
        {
            for (int h = 0; h < p.Heads; h++)
            {
                long row = ((p.CuQ[segment] + (long)i) * p.Heads) + h;
                LoadRow(p, (double*)p.Q + (row * p.HeadDim), (double*)p.QNorm, query);
                KeyRange visible = KeyRange.VisibleTo(i, p.Options, keys);
                double total = Probabilities(p, segment, h, i, visible, query, scratch);
                Average(p, segment, h, visible, scratch, total, (double*)p.Output + (row * p.ValueDim));
            }
        }
    }

    private static void LoadRow(in AttentionProblem p, double* source, double* gain, double* target)
    {
        double inverse = gain is null ? 1 : InverseRms(p, source);
        for (int d = 0; d < p.HeadDim; d++)
            target[d] = gain is null ? source[d] : source[d] * inverse * gain[d];
    }

    private static double InverseRms(in AttentionProblem p, double* x)
    {
        double squares = 0;
        for (int d = 0; d < p.HeadDim; d++)
            squares += x[d] * x[d];
        return 1 / Math.Sqrt((squares / p.HeadDim) + p.Options.NormEpsilon);
    }

    /// <summary>Writes exp(logit − max) for every visible key and returns their sum, or NaN where all logits are −∞.</summary>
    private static double Probabilities(
        in AttentionProblem p, int segment, int head, int i, KeyRange visible, double* query, double* result)
    {
        double max = double.NegativeInfinity, total = 0;
        for (int j = visible.From; j < visible.To; j++)
        {
            result[j] = Logit(p, segment, head, i, j, query);
            max = Math.Max(max, result[j]);
        }

        double shift = double.IsNegativeInfinity(max) ? 0 : max;
        for (int j = visible.From; j < visible.To; j++)
            total += result[j] = Math.Exp(result[j] - shift);
        return total == 0 ? double.NaN : total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Logit(in AttentionProblem p, int segment, int head, int i, int j, double* query)
    {
        double* key = (double*)p.K + (Row(p, segment, head, j) * p.HeadDim);
        double* gain = (double*)p.KNorm;
        double dot = 0;
        for (int d = 0; d < p.HeadDim; d++)
            dot += query[d] * key[d] * (gain is null ? 1 : gain[d]);
        double s = dot * p.Options.Scale * (gain is null ? 1 : InverseRms(p, key));
        if (p.Options.Softcap > 0)
            s = p.Options.Softcap * Math.Tanh(s / p.Options.Softcap);
        if (p.Bias is null)
            return s;
        long r = p.BiasRadius;
        return s + ((double*)p.Bias)[(head * ((2 * r) + 1)) + Math.Clamp((long)j - i, -r, r) + r];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Average(
        in AttentionProblem p, int segment, int head, KeyRange visible, double* weights, double total, double* result)
    {
        new Span<double>(result, p.ValueDim).Clear();
        for (int j = visible.From; j < visible.To; j++)
        {
            double* value = (double*)p.V + (Row(p, segment, head, j) * p.ValueDim);
            double weight = weights[j] / total;
            for (int e = 0; e < p.ValueDim; e++)
                result[e] += weight * value[e];
        }
    }

    private static long Row(in AttentionProblem p, int segment, int head, int key) =>
        ((p.CuK[segment] + (long)key) * p.KeyHeads) + (head / (p.Heads / p.KeyHeads));
}
