using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Attention of up to 64 queries of one segment and head over all keys that they see.</summary>
internal static unsafe class AttentionBlock<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    public static void Run(in AttentionProblem problem, AttentionItem item)
    {
        AttentionScratch scratch = new(problem.HeadDim, problem.ValueDim);
        int lanes = (item.Count + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
        int keys = problem.CuK[item.Segment + 1] - problem.CuK[item.Segment];
        LoadQueries(problem, scratch, item, lanes);
        OnlineSoftmax<TSimd, TVec>.Start(scratch, lanes);
        KeyRange first = KeyRange.VisibleTo(item.Query, problem.Options, keys);
        KeyRange last = KeyRange.VisibleTo((long)item.Query + item.Count - 1, problem.Options, keys);
        bool started = false;
        for (int j = first.From; j < last.To; j += AttentionScratch.MaxKeys)
        {
            int count = Math.Min(AttentionScratch.MaxKeys, last.To - j);
            bool masked = first.To < j + count || last.From > j;
            Logits(problem, scratch, item, j, count, lanes, masked);
            OnlineSoftmax<TSimd, TVec>.Step(scratch, count, lanes);
            AddValues(problem, scratch, item, j, count, lanes, masked, started ? scratch.Rescale : null);
            started = true;
        }

        Store(problem, scratch, item, lanes, started);
    }

    /// <summary>Queries come in rows, are normalised and scaled to units of log 2, and become lanes; spare lanes are 0.</summary>
    private static void LoadQueries(in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int lanes)
    {
        int d = problem.HeadDim;
        long stride = (long)problem.Heads * d, token = (long)problem.CuQ[item.Segment] + item.Query;
        float* gain = Gain(problem.Storage, problem.QNorm, scratch.QueryGain, d);
        Gain(problem.Storage, problem.KNorm, scratch.KeyGain, d);
        void* source = problem.Storage.At(problem.Q, (token * stride) + ((long)item.Head * d));
        RowLoader.Load(problem.Storage, source, stride, item.Count, d, gain, problem.Options.NormEpsilon, scratch.Rows);
        RowLoader.Scale(scratch.Rows, item.Count * d, (float)(problem.Options.Scale * LogitRules<TSimd, TVec>.Log2E));
        new Span<float>(scratch.Rows + ((nint)item.Count * d), (lanes - item.Count) * d).Clear();
        Transpose.Run(scratch.Rows, d, lanes, d, scratch.Queries, lanes);
    }

    private static float* Gain(Storage storage, void* source, float* target, int size)
    {
        if (source is null)
            return null;
        storage.Load(source, target, size);
        return target;
    }

    private static void Logits(
        in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int key, int count, int lanes, bool masked)
    {
        int d = problem.HeadDim;
        long stride = (long)problem.KeyHeads * d;
        float* gain = problem.KNorm is null ? null : scratch.KeyGain;
        float* k = Rows(problem, problem.K, item, key, count, d, gain, scratch.Keys, ref stride);
        TileStep step = new(k, (nint)stride, 1, d, lanes);
        Tile<TSimd, TVec>.Multiply(count, step, scratch.Queries, scratch.Logits, null);
        if (problem.Options.Softcap > 0)
            LogitRules<TSimd, TVec>.Softcap(scratch.Logits, count, lanes, problem.Options.Softcap);
        if (problem.Bias is not null)
            LogitRules<TSimd, TVec>.AddBias(problem, scratch, item.Head, item.Query, key, count, lanes);
        if (masked)
            LogitRules<TSimd, TVec>.Mask(scratch, problem.Options, item.Query, key, count, lanes);
    }

    private static void AddValues(
        in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int key, int count, int lanes, bool masked, float* rescale)
    {
        int e = problem.ValueDim;
        long stride = (long)problem.KeyHeads * e;
        float* v = Rows(problem, problem.V, item, key, count, e, null, scratch.Values, ref stride);
        if (masked && !Finite.All(v, (nint)stride, count, e))
            MaskedValues.Add(scratch, v, (nint)stride, count, e, lanes, rescale);
        else
            Tile<TSimd, TVec>.Multiply(e, new(v, 1, (nint)stride, count, lanes), scratch.Logits, scratch.Sum, rescale);
    }

    /// <summary>Rows of keys or values as f32: in place if they are, else brought into scratch, where the stride is their size.</summary>
    private static float* Rows(
        in AttentionProblem problem, void* source, AttentionItem item, int key, int count, int size, float* gain, float* target, ref long stride)
    {
        int head = item.Head / (problem.Heads / problem.KeyHeads);
        long token = (long)problem.CuK[item.Segment] + key;
        void* first = problem.Storage.At(source, (token * stride) + ((long)head * size));
        if (problem.Storage == Storage.F32 && gain is null)
            return (float*)first;
        RowLoader.Load(problem.Storage, first, stride, count, size, gain, problem.Options.NormEpsilon, target);
        stride = size;
        return target;
    }

    /// <summary>A lane that saw keys, yet with logits of −∞ only, has no distribution over them: NaN, as in the softmax itself.</summary>
    private static void Finish(in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int lanes)
    {
        int keys = problem.CuK[item.Segment + 1] - problem.CuK[item.Segment];
        for (int x = 0; x < item.Count; x++)
        {
            if (scratch.Total[x] == 0 && !KeyRange.VisibleTo((long)item.Query + x, problem.Options, keys).IsEmpty)
                scratch.Total[x] = float.NaN;
        }

        OnlineSoftmax<TSimd, TVec>.Finish(scratch, problem.ValueDim, lanes);
    }

    private static void Store(in AttentionProblem problem, in AttentionScratch scratch, AttentionItem item, int lanes, bool started)
    {
        int e = problem.ValueDim;
        long stride = (long)problem.Heads * e, token = (long)problem.CuQ[item.Segment] + item.Query;
        long first = (token * stride) + ((long)item.Head * e);
        if (!started)
            new Span<float>(scratch.Rows, item.Count * e).Clear();
        else
            Finish(problem, scratch, item, lanes);
        if (problem.Storage == Storage.F32 && started)
        {
            Transpose.Run(scratch.Sum, lanes, e, item.Count, (float*)problem.Output + first, (nint)stride);
            return;
        }

        if (started)
            Transpose.Run(scratch.Sum, lanes, e, item.Count, scratch.Rows, e);
        for (int i = 0; i < item.Count; i++)
            problem.Storage.Save(scratch.Rows + ((nint)i * e), problem.Storage.At(problem.Output, first + (i * stride)), e);
    }
}
