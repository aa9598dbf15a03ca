using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>Attention of one segment in plain loops: the oracle of every attention op.</summary>
internal sealed class AttentionOracle(AttentionOp op, RefTensor q, RefTensor k, RefTensor v)
{
    private readonly int _heads = (int)q.Dims[^2];
    private readonly int _kvHeads = (int)k.Dims[^2];
    private readonly int _headDim = (int)q.Dims[^1];
    private readonly int _valueDim = (int)v.Dims[^1];

    // Added to the logit of (head, i, j) of the example at hand.
    private Func<int, int, int, double>? _mask;

    /// <summary><c>[heads, 2R + 1]</c>, or null.</summary>
    public RefTensor? Bias { get; init; }

    public RefTensor? QNorm { get; init; }

    public RefTensor? KNorm { get; init; }

    /// <summary>Attention of each example by itself: <c>q[B, n, H, D], k[B, m, G, D], v[B, m, G, E] → [B, n, H, E]</c>, with the B or without.</summary>
    /// <param name="mask">Added to the logits, broadcast to <c>[B, H, n, m]</c>.</param>
    /// <param name="keyLengths">Keys of each example from there on are hidden; null for none.</param>
    public double[] RunBatch(RefTensor? mask, RefTensor? keyLengths)
    {
        (int n, int m) = ((int)q.Dims[^3], (int)k.Dims[^3]);
        int[]? map = mask is null ? null : Broadcasting.Map(mask, [.. q.Dims[..^3], _heads, n, m]);
        int batch = q.Rank == 4 ? (int)q.Dims[0] : 1;
        double[] result = new double[batch * n * _heads * _valueDim];
        for (int b = 0; b < batch; b++)
        {
            int example = b;
            _mask = map is null ? null : (h, i, j) => mask!.F[map[(((((example * _heads) + h) * n) + i) * m) + j]];
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
        int[] visible = [.. Enumerable.Range(0, m).Where(j => op.Sees(i, j) && !double.IsNegativeInfinity(_mask?.Invoke(head, i, j) ?? 0))];
        double[] logits = [.. visible.Select(j => Logit(query, head, i, j, ((((kStart + j) * _kvHeads) + kvHead) * _headDim)))];
        double max = logits.Length == 0 ? 0 : logits.Max();
        double sum = logits.Sum(s => Math.Exp(s - max));
        for (int e = 0; e < _valueDim; e++)
        {
            double mean = 0;
            for (int at = 0; at < visible.Length; at++)
            {
                double weight = Math.Exp(logits[at] - max) / sum;
                mean += weight * v.F[((((kStart + visible[at]) * _kvHeads) + kvHead) * _valueDim) + e];
            }

            result[(((row * _heads) + head) * _valueDim) + e] = mean;
        }
    }

    private double Logit(double[] query, int head, int i, int j, int keyOffset)
    {
        double[] key = Row(k, keyOffset, KNorm);
        double dot = 0;
        for (int d = 0; d < _headDim; d++)
        {
            dot += query[d] * key[d];
        }

        double logit = dot * op.EffectiveScale(_headDim);
        logit = op.Softcap.Value > 0 ? op.Softcap.Value * Math.Tanh(logit / op.Softcap.Value) : logit;
        return logit + RelativeBias(head, i, j) + (_mask?.Invoke(head, i, j) ?? 0);
    }

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
