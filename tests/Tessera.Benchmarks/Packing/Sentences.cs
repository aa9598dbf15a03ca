using Microsoft.ML.OnnxRuntime;
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

    /// <summary>As the packed form of a file takes them.</summary>
    public TensorInput[] PackedForFile() =>
    [
        .. new BatchBuilder().AddTokens("input_ids", "sequence", _ids).AddTokens("token_type_ids", "sequence", _ids.Select(static s => new long[s.Length])).Pack().Inputs,
    ];

    /// <summary>As a file of a padded encoder takes them.</summary>
    public Dictionary<string, OrtValue> PaddedForFile(int size)
    {
        OrtValue Of(Func<long[], int, long> element) => OrtValue.CreateTensorValueFromMemory(
            _ids.SelectMany(s => Enumerable.Range(0, size).Select(t => element(s, t))).ToArray(), [Count, size]);
        return new Dictionary<string, OrtValue>
        {
            ["input_ids"] = Of(static (s, t) => t < s.Length ? s[t] : 0),
            ["attention_mask"] = Of(static (s, t) => t < s.Length ? 1 : 0),
            ["token_type_ids"] = Of(static (_, _) => 0),
        };
    }

    /// <summary>Of batches, how many times more tokens there are when they are padded than when they are packed: the median.</summary>
    public static double MedianOfWork(IReadOnlyList<Sentences> batches, Func<Sentences, int> size) =>
        batches.Select(s => (double)s.Count * size(s) / s.Tokens).Order().ElementAt(batches.Count / 2);

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
                    Check(packed[(token * SentenceEncoder.Dim) + d], padded[(((s * size) + t) * SentenceEncoder.Dim) + d], $"sentence {s}, token {t}, element {d}");
                }
            }
        }
    }

    /// <summary>Fails where a row of a sentence, packed, differs from that of the padded batch.</summary>
    public static void CheckRows(ReadOnlySpan<float> packed, ReadOnlySpan<float> padded)
    {
        for (int i = 0; i < padded.Length; i++)
        {
            Check(packed[i], padded[i], $"element {i} of the sentences");
        }
    }

    private static void Check(float packed, float padded, string place)
    {
        if (!(Math.Abs(packed - padded) <= 1e-4 * (1 + Math.Abs(padded))))
        {
            throw new InvalidOperationException($"{place}: {packed} packed, {padded} padded.");
        }
    }
}
