using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Queries on their way in, and results on their way out.</summary>
internal static unsafe class AttentionRows<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <summary>Normalised and scaled to units of log 2; nothing is seen yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(in AttentionProblem problem, in AttentionScratch scratch, int segment, in RowBlock rows)
    {
        int d = problem.HeadDim;
        long stride = (long)problem.Heads * d;
        void* source = problem.QueriesAt(segment, rows.Query, rows.Head);
        float scale = (float)(problem.Options.Scale * LogitRules<TSimd, TVec>.Log2E);
        if (problem.Storage == Storage.F32 && problem.QNorm is null)
        {
            RowLoader.Scale((float*)source, (nint)stride, rows.Count, d, scale, rows.Queries);
        }
        else
        {
            float* gain = problem.QNorm is null ? null : scratch.QueryGain;
            RowLoader.Load(problem.Storage, source, stride, rows.Count, d, gain, problem.Options.NormEpsilon, rows.Queries, d);
            RowLoader.Scale(rows.Queries, d, rows.Count, d, scale, rows.Queries);
        }

        if (rows.EvenCount > rows.Count)
            new Span<float>(rows.Queries + ((nint)rows.Count * d), d).Clear();
        OnlineSoftmax<TSimd, TVec>.Start(rows);
        *rows.Started = false;
    }

    /// <summary>Divides by the sums of exponentials and writes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(in AttentionProblem problem, in AttentionScratch scratch, int segment, in RowBlock rows)
    {
        int e = problem.ValueDim, keys = problem.CuK[segment + 1] - problem.CuK[segment];
        long stride = (long)problem.Heads * e;
        void* first = problem.ResultsAt(segment, rows.Query, rows.Head);
        for (int i = 0; i < rows.Count; i++)
        {
            void* target = problem.Storage.At(first, i * stride);
            float* row = problem.Storage == Storage.F32 ? (float*)target : scratch.Rows;
            float total = *rows.Started ? OnlineSoftmax<TSimd, TVec>.Total(rows, i) : 0;
            if (total != 0)
                RowLoader.Scale(rows.Sum + ((nint)i * scratch.ValueStride), e, 1, e, 1 / total, row);
            else
                new Span<float>(row, e).Fill(WithoutWeights(problem, rows, i, keys));
            if (problem.Storage != Storage.F32)
                problem.Storage.Save(row, target, e);
        }
    }

    /// <summary>A query that saw keys, yet with logits of −∞ only, has no distribution over them: NaN, as in the softmax itself.</summary>
    private static float WithoutWeights(in AttentionProblem problem, in RowBlock rows, int row, int keys) =>
        KeyRange.VisibleTo((long)rows.Query + row, problem.Options, keys).IsEmpty ? 0 : float.NaN;
}
