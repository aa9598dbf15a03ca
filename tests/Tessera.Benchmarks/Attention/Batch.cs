using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Benchmarks.Attention;

/// <summary>Random queries, keys and values of one batch, packed: <c>[tokens, heads · size]</c>.</summary>
internal sealed class Batch
{
    public const int Heads = 12;
    public const int HeadDim = 64;
    public const int Width = Heads * HeadDim;
    private readonly Lazy<double[]> _reference;
    private readonly Lazy<Batch> _equal;

    private Batch(int[] lengths, float[] q, float[] k, float[] v)
    {
        (Lengths, Q, K, V) = (lengths, q, k, v);
        _reference = new(Evaluate);
        _equal = new(() => Draw([.. lengths.Select(_ => EqualLength)], EqualLength));
    }

    public int[] Lengths { get; }

    public float[] Q { get; }

    public float[] K { get; }

    public float[] V { get; }

    public int Tokens => Lengths.Sum();

    public int Longest => Lengths.Max();

    /// <summary>Σ n²: what attention computes where it computes nothing in vain.</summary>
    public double Pairs => Lengths.Sum(static n => (double)n * n);

    /// <summary>The length at which as many examples, all of one length, come nearest to the same work.</summary>
    public int EqualLength => Math.Max(1, (int)Math.Round(Math.Sqrt(Pairs / Lengths.Length)));

    /// <summary>That batch.</summary>
    public Batch Equal => _equal.Value;

    /// <summary>The head that <see cref="Reference"/> is of.</summary>
    public int CheckedHead => Lengths[0] % Heads;

    /// <summary>What one head must give, <c>[tokens, size]</c>, by the plain loops in double that define the op.</summary>
    public double[] Reference => _reference.Value;

    public static Batch Draw(int[] lengths, int seed)
    {
        Random random = new(seed);
        int count = lengths.Sum() * Width;
        return new Batch(lengths, Uniform(random, count, 2), Uniform(random, count, 2), Uniform(random, count, 1));
    }

    /// <summary>The same examples, sorted by length and cut into batches of one size.</summary>
    public static IReadOnlyList<Batch> Sorted(IReadOnlyList<Batch> batches, int size)
    {
        IEnumerable<(Batch Batch, int From, int Length)> examples =
            batches.SelectMany(static b => b.Lengths.Select((n, i) => (b, b.Lengths.Take(i).Sum(), n)));
        return [.. examples.OrderBy(static e => e.Length).Chunk(size).Select(static part => new Batch(
            [.. part.Select(static e => e.Length)],
            Gather(part, static b => b.Q), Gather(part, static b => b.K), Gather(part, static b => b.V)))];
    }

    /// <summary>Rows <c>[examples, size, heads · size]</c>, padded with zeros.</summary>
    public float[] Padded(float[] packed, int size)
    {
        float[] padded = new float[Lengths.Length * size * Width];
        int from = 0;
        for (int i = 0; i < Lengths.Length; i++)
        {
            packed.AsSpan(from * Width, Lengths[i] * Width).CopyTo(padded.AsSpan(i * size * Width));
            from += Lengths[i];
        }

        return padded;
    }

    /// <summary>0, n₁, n₁ + n₂, …</summary>
    public int[] Offsets()
    {
        int[] offsets = new int[Lengths.Length + 1];
        for (int i = 0; i < Lengths.Length; i++)
        {
            offsets[i + 1] = offsets[i] + Lengths[i];
        }

        return offsets;
    }

    private static float[] Gather((Batch Batch, int From, int Length)[] part, Func<Batch, float[]> of)
    {
        float[] rows = new float[part.Sum(static e => e.Length) * Width];
        int next = 0;
        foreach ((Batch batch, int from, int length) in part)
        {
            of(batch).AsSpan(from * Width, length * Width).CopyTo(rows.AsSpan(next));
            next += length * Width;
        }

        return rows;
    }

    // A linear congruence: millions of numbers for every pair, where nothing hangs on how good they are.
    private static float[] Uniform(Random random, int count, float spread)
    {
        float[] values = new float[count];
        uint state = (uint)random.Next();
        for (int i = 0; i < count; i++)
        {
            state = (state * 1664525) + 1013904223;
            values[i] = (((state >> 8) / 8388608f) - 1) * spread;
        }

        return values;
    }

    private double[] Evaluate()
    {
        RefTensor Head(float[] x) => RefTensor.Floats(DType.F32, [Tokens, 1, HeadDim], [.. Enumerable.Range(0, Tokens * HeadDim)
            .Select(i => (double)x[((((i / HeadDim) * Heads) + CheckedHead) * HeadDim) + (i % HeadDim)])]);
        Dictionary<string, RefValue> inputs = new()
        {
            ["q"] = Head(Q),
            ["k"] = Head(K),
            ["v"] = Head(V),
            ["cu"] = RefTensor.Ints(DType.I32, [Lengths.Length + 1], [.. Offsets().Select(static x => (long)x)]),
        };
        return ((RefTensor)Evaluator.Run(Graphs.Packed(heads: 1), inputs)[0]).F;
    }
}
