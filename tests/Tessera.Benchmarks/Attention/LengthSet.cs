namespace Tessera.Benchmarks.Attention;

/// <summary>How long the examples of a batch are. The seeds are 1, 2, 3 …, one a pair, so that everyone draws the same batches.</summary>
/// <param name="Name">What such examples are.</param>
/// <param name="Examples">Examples in a batch.</param>
/// <param name="Cap">The longest that a model takes.</param>
/// <param name="Draw">One length.</param>
internal sealed record LengthSet(string Name, int Examples, int Cap, Func<Random, int> Draw)
{
    private static readonly int[] s_images = [128, 256, 576, 784, 1024];

    /// <summary>What a loop over sequences is to be beaten by; 0 where nothing is asked.</summary>
    public double LoopGoal { get; init; }

    /// <summary>What the op's own body in standard ops is to be beaten by; 0 where nothing is asked.</summary>
    public double BodyGoal { get; init; }

    public static IReadOnlyList<LengthSet> All { get; } =
    [
        new("images", 8, 1024, static r => s_images[r.Next(s_images.Length)]) { LoopGoal = 1.1, BodyGoal = 1.15 },
        new("sentences", 32, 128, static r => LogNormal(r, median: 24, sigma: 0.6, cap: 128)) { LoopGoal = 1.5, BodyGoal = 1.15 },
        new("prompts", 8, 1024, static r => LogNormal(r, median: 180, sigma: 1, cap: 1024)) { LoopGoal = 1.1, BodyGoal = 1.15 },
        new("all equal, 256", 8, 256, static _ => 256),
    ];

    /// <summary>The lengths of batch <paramref name="seed"/>.</summary>
    public int[] Lengths(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Examples).Select(_ => Draw(random))];
    }

    private static int LogNormal(Random random, double median, double sigma, int cap)
    {
        // Box and Muller.
        double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Clamp((int)Math.Round(median * Math.Exp(sigma * normal)), 1, cap);
    }
}
