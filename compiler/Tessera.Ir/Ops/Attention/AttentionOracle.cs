using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Attention of one segment in plain loops: the oracle of every attention op.</summary>
internal sealed class AttentionOracle(AttentionOp op, RefTensor q, RefTensor k, RefTensor v)
{
    private readonly int _heads = (int)q.Dims[^2];
    private readonly int _kvHeads = (int)k.Dims[^2];
    private readonly int _headDim = (int)q.Dims[^1];
    private readonly int _valueDim = (int)v.Dims[^1];

    // Added to the logit of (head, i, j) of the example at hand, and whether flags let it be seen.
    private Func<int, int, int, double>? _mask;
    private Func<int, int, int, bool>? _visible;

    // Where the logits of (head, i, 0) go.
    private Func<int, int, int>? _logitsRow;

    /// <summary><c>[heads, 2R + 1]</c>, or null.</summary>
    public RefTensor? Bias { get; init; }

    public RefTensor? QNorm { get; init; }

    public RefTensor? KNorm { get; init; }

    public Hiding Hiding { get; init; }

    public double Fill { get; init; } = double.NegativeInfinity;

    /// <summary>Whether weights that are NaN count as 0.</summary>
    public bool Safe { get; init; }

    /// <summary>Which logits <see cref="Logits"/> takes.</summary>
    public LogitsStage Stage { get; init; }

    /// <summary><c>[B, H, n, m]</c> of the stage, once run.</summary>
    public double[] Logits { get; private set; } = [];

    /// <summary>Attention of each example by itself: <c>q[B, n, H, D], k[B, m, G, D], v[B, m, G, E] → [B, n, H, E]</c>, with the B or without.</summary>
    /// <param name="mask">Added to the logits, broadcast to <c>[B, H, n, m]</c>; flags there hide a key instead.</param>
    /// <param name="keyLengths">Keys of each example from there on are left out; null for none.</param>
    /// <param name="visible">Flags, broadcast as the mask.</param>
    public double[] RunBatch(RefTensor? mask, RefTensor? keyLengths, RefTensor? visible = null)
    {
        (int n, int m) = ((int)q.Dims[^3], (int)k.Dims[^3]);
        long[] full = [.. q.Dims[..^3], _heads, n, m];
        int batch = q.Rank == 4 ? (int)q.Dims[0] : 1;
        (visible, mask) = mask is { DType: DType.Bool } ? (mask, null) : (visible, mask);
        int[]? added = mask is null ? null : Broadcasting.Map(mask, full);
        int[]? flags = visible is null ? null : Broadcasting.Map(visible, full);
        double[] result = new double[batch * n * _heads * _valueDim];
        Logits = Stage == LogitsStage.None ? [] : new double[batch * _heads * n * m];
        for (int b = 0; b < batch; b++)
        {
            int example = b;
            int Row(int h, int i) => ((((example * _heads) + h) * n) + i) * m;
            _mask = added is null ? null : (h, i, j) => mask!.F[added[Row(h, i) + j]];
            _visible = flags is null ? null : (h, i, j) => visible!.B[flags[Row(h, i) + j]];
            _logitsRow = Stage == LogitsStage.None ? null : Row;
            Run(result, b * n, n, b * m, (int)Math.Clamp(keyLengths?.I[b] ?? m, 0, m));
        }

        return result;
    }

    /// <summary>Attention of queries [qStart, qStart + n) over keys [kStart, kStart + m), written to <paramref name="result"/>.</summary>
    public void Run(double[] result, int qStart, int n, int kStart, int m)
    {
        for (int head = 0; head < _heads; head++)
        {
            for (int i = 0; i < n; i++)
            {
                Query(result, head, i, qStart + i, kStart, m);
            }
        }
    }

    private void Query(double[] result, int head, int i, int row, int kStart, int m)
    {
        int kvHead = head / (_heads / _kvHeads);
        double[] query = Row(q, ((row * _heads) + head) * _headDim, QNorm);
        int[] taken = [.. Enumerable.Range(0, m).Where(j => Hiding != Hiding.LeftOut || IsSeen(head, i, j))];
        double[] logits = [.. taken.Select(j => Logit(query, head, i, j, (((kStart + j) * _kvHeads) + kvHead) * _headDim))];
        double max = logits.Length == 0 ? 0 : logits.Max();
        double sum = logits.Sum(s => Math.Exp(s - max));
        double[] weights = [.. logits.Select(s => Math.Exp(s - max) / sum).Select(w => Safe && double.IsNaN(w) ? 0 : w)];
        for (int e = 0; e < _valueDim; e++)
        {
            double mean = 0;
            for (int at = 0; at < taken.Length; at++)
            {
                mean += weights[at] * v.F[((((kStart + taken[at]) * _kvHeads) + kvHead) * _valueDim) + e];
            }

            result[(((row * _heads) + head) * _valueDim) + e] = mean;
        }

        GiveOut(head, i, taken, logits, weights, query, kStart, kvHead);
    }

    // Where keys are left out, all that says so is that their logits are −∞ and their weights 0.
    private void GiveOut(int head, int i, int[] taken, double[] logits, double[] weights, double[] query, int kStart, int kvHead)
    {
        if (_logitsRow is null)
        {
            return;
        }

        Span<double> row = Logits.AsSpan(_logitsRow(head, i), (int)k.Dims[^3]);
        row.Fill(Stage == LogitsStage.Weights ? 0 : double.NegativeInfinity);
        for (int j = 0; j < row.Length && Stage is LogitsStage.Product or LogitsStage.Capped; j++)
        {
            double product = Product(query, (((kStart + j) * _kvHeads) + kvHead) * _headDim);
            row[j] = Stage == LogitsStage.Product ? product : Capped(product);
        }

        for (int at = 0; at < taken.Length && Stage is LogitsStage.Biased or LogitsStage.Weights; at++)
        {
            row[taken[at]] = Stage == LogitsStage.Biased ? logits[at] : weights[at];
        }
    }

    private bool IsSeen(int head, int i, int j) => IsVisible(head, i, j) && !double.IsNegativeInfinity(_mask?.Invoke(head, i, j) ?? 0);

    private bool IsVisible(int head, int i, int j) => op.Sees(i, j) && (_visible?.Invoke(head, i, j) ?? true);

    private double Logit(double[] query, int head, int i, int j, int keyOffset)
    {
        double logit = Capped(Product(query, keyOffset)) + RelativeBias(head, i, j);
        logit = IsVisible(head, i, j) ? logit : Hiding == Hiding.Filled ? Fill : logit + Fill;
        return logit + (_mask?.Invoke(head, i, j) ?? 0);
    }

    private double Product(double[] query, int keyOffset)
    {
        double[] key = Row(k, keyOffset, KNorm);
        double dot = 0;
        for (int d = 0; d < _headDim; d++)
        {
            dot += query[d] * key[d];
        }

        return dot * op.EffectiveScale(_headDim);
    }

    private double Capped(double logit) => op.Softcap.Value > 0 ? op.Softcap.Value * Math.Tanh(logit / op.Softcap.Value) : logit;

    private double RelativeBias(int head, int i, int j)
    {
        if (Bias is null)
        {
            return 0;
        }

        int width = (int)Bias.Dims[1];
        int reach = width / 2;
        return Bias.F[(head * width) + Math.Clamp(j - i, -reach, reach) + reach];
    }

    private double[] Row(RefTensor tensor, int offset, RefTensor? gain)
    {
        double[] row = tensor.F[offset..(offset + _headDim)];
        if (gain is null)
        {
            return row;
        }

        double scale = 1 / Math.Sqrt(row.Average(static x => x * x) + op.NormEpsilon.Value);
        return [.. row.Select((x, d) => x * scale * gain.F[d])];
    }
}
