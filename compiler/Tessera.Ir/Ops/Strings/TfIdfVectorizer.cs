using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Counts the n-grams of a pool in rows <c>[C]</c> or <c>[N, C]</c>: <c>f32[…, m]</c>, where m is one more than the greatest of <see cref="Indexes"/>. An n-gram's
/// elements are <c>skip + 1</c> apart for each skip up to a greatest one; single elements count once.
/// </summary>
[Op("tf_idf_vectorizer")]
public sealed partial record TfIdfVectorizer(Value X) : Op
{
    public required long MinLength { get; init; }

    public required long MaxLength { get; init; }

    public required long MaxSkip { get; init; }

    /// <summary>TF (counts), IDF (weights of what occurs) or TFIDF (their products).</summary>
    public required string Mode { get; init; }

    /// <summary>Where in the pool the n-grams of each length begin.</summary>
    public required EquatableArray<long> Counts { get; init; }

    /// <summary>Where in the result each n-gram of the pool stands.</summary>
    public required EquatableArray<long> Indexes { get; init; }

    public EquatableArray<long> Numbers { get; init; }

    public EquatableArray<string> Texts { get; init; }

    /// <summary>One for each n-gram of the pool; empty means 1.</summary>
    public EquatableArray<Real> Weights { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        return x.Rank is 1 or 2 && X.DType is DType.I32 or DType.I64 or DType.String && Indexes.Count > 0 && Mode is "TF" or "IDF" or "TFIDF"
            ? [new TensorType(DType.F32, [.. x.Take(x.Rank - 1), Indexes.Max() + 1])]
            : throw context.Error("TSR0203", $"it takes integers or strings [C] or [N, C]; x is {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long length = x.Dims[^1];
        long rows = x.Rank == 1 ? 1 : x.Dims[0];
        long width = Indexes.Max() + 1;
        double[] result = new double[rows * width];
        Dictionary<string, int> pool = Pool();
        for (long row = 0; row < rows; row++)
        {
            string[] words = [.. Enumerable.Range(0, (int)length).Select(i => (row * length) + i).Select(i => x.DType == DType.String ? x.S[i] : $"{x.I[i]}")];
            foreach (int gram in Grams(words).Where(pool.ContainsKey).Select(g => pool[g]))
            {
                double weight = Weights.Count == 0 || Mode == "TF" ? 1 : Weights[gram];
                long at = (row * width) + Indexes[gram];
                result[at] = Mode == "IDF" ? weight : result[at] + weight;
            }
        }

        return [RefTensor.Floats(DType.F32, [.. x.Dims.SkipLast(1), width], result)];
    }

    private IEnumerable<string> Grams(string[] words)
    {
        for (long skip = 0; skip <= MaxSkip; skip++)
        {
            for (long n = skip > 0 ? Math.Max(2, MinLength) : MinLength; n <= MaxLength; n++)
            {
                for (long start = 0; start + ((n - 1) * (skip + 1)) < words.Length; start++)
                {
                    yield return Key(Enumerable.Range(0, (int)n).Select(k => words[start + (k * (skip + 1))]));
                }
            }
        }
    }

    private Dictionary<string, int> Pool()
    {
        string[] words = Texts.Count > 0 ? [.. Texts] : [.. Numbers.Select(static n => $"{n}")];
        Dictionary<string, int> pool = new(StringComparer.Ordinal);
        for (int n = 1; n <= Counts.Count; n++)
        {
            long end = n < Counts.Count ? Counts[n] : words.Length;
            for (long start = Counts[n - 1]; start + n <= end; start += n)
            {
                pool.TryAdd(Key(words.Skip((int)start).Take(n)), pool.Count);
            }
        }

        return pool;
    }

    private static string Key(IEnumerable<string> words) => string.Concat(words.Select(static w => $"{w.Length}:{w}"));

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        if (context.ShapeOf(0).Rank == 2)
        {
            return Folding.Batch(context, [0]);
        }

        Batched x = context.Operands[0]!;
        return x.Form == BatchForm.Dense
            ? [context.Wrap(context.Emit(this with { X = x.Value }), context.ResultShape())]
            : throw context.Mixes("n-grams of a ragged row reach over its end");
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "TfIdfVectorizer",
        9,
        new OnnxAttr.Direct("min_gram_length", "min_length"),
        new OnnxAttr.Direct("max_gram_length", "max_length"),
        new OnnxAttr.Direct("max_skip_count", "max_skip"),
        OnnxAttr.Of("mode"),
        new OnnxAttr.Direct("ngram_counts", "counts"),
        new OnnxAttr.Direct("ngram_indexes", "indexes"),
        new OnnxAttr.Direct("pool_int64s", "numbers"),
        new OnnxAttr.Direct("pool_strings", "texts"),
        OnnxAttr.Of("weights"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("pairs", static g => [g.TfIdfVectorizer(g.Ints(1, 1, 3, 3, 3, 7, 8, 6, 7, 5, 6, 8), 2, 2, 5, "TF", [0, 4], [0, 1, 2, 3, 4, 5, 6], [2, 3, 5, 4, 5, 6, 7, 8, 6, 7])]),
        new("all", static g => [g.TfIdfVectorizer(g.In("x", "i64[2, 6]"), 1, 2, 0, "TFIDF", [0, 2], [0, 1, 2], [0, 1, 1, 2], weights: [1, 0.5, 2])]),
    ];
}
