using Tessera.Runtime;

namespace Tessera.Benchmarks.Packing;

/// <summary>Random sentences as each form of the encoder takes them.</summary>
internal sealed class Sentences
{
    private readonly long[][] _ids;

    private Sentences(long[][] ids) => _ids = ids;

    public int Tokens => _ids.Sum(static s => s.Length);

    public int Longest => _ids.Max(static s => s.Length);

    public int Count => _ids.Length;

    public static Sentences Draw(int[] lengths, int seed)
    {
        Random random = new(seed);
        return new Sentences([.. lengths.Select(n => Enumerable.Range(0, n).Select(_ => (long)random.Next(SentenceEncoder.Words)).ToArray())]);
    }

    public TensorInput[] Packed() => [.. new BatchBuilder().AddTokens("ids", "n", _ids).Pack().Inputs];

    public TensorInput[] Padded(int size) =>
        [.. Dense(size), TensorInput.From("lengths_n", _ids.Select(static s => s.Length).ToArray(), Count)];

    public TensorInput[] Dense(int size) =>
        [TensorInput.From("ids", _ids.SelectMany(s => s.Concat(Enumerable.Repeat(0L, size - s.Length))).ToArray(), Count, size)];

    /// <summary>Fails where what was packed differs from what was padded to <paramref name="size"/>: speed means nothing before.</summary>
    public void Check(ReadOnlySpan<float> packed, ReadOnlySpan<float> padded, int size)
    {
        int token = 0;
        for (int s = 0; s < _ids.Length; s++)
        {
            for (int t = 0; t < _ids[s].Length; t++, token++)
            {
                for (int d = 0; d < SentenceEncoder.Dim; d++)
                {
                    float a = packed[(token * SentenceEncoder.Dim) + d], b = padded[(((s * size) + t) * SentenceEncoder.Dim) + d];
                    if (!(Math.Abs(a - b) <= 1e-4 * (1 + Math.Abs(b))))
                    {
                        throw new InvalidOperationException($"sentence {s}, token {t}, element {d}: {a} packed, {b} padded.");
                    }
                }
            }
        }
    }
}
