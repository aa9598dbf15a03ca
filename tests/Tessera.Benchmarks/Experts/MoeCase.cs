namespace Tessera.Benchmarks.Experts;

/// <summary>One batch of tokens through one layer.</summary>
internal sealed record MoeCase(int K, int Threads, int Tokens, bool Skewed)
{
    /// <summary>Batches that are run one after another, so that the experts of one are in no cache by the next.</summary>
    public int Feeds => Tokens <= 64 ? Math.Clamp(64 / (Tokens * K), 2, 8) : 1;

    public string Name(ExpertLayer layer) => $"E={layer.Experts} k={K} T={Tokens} {(Skewed ? "skewed" : "even")}";

    /// <summary>Cases of a layer: every value of k and T, both loads, one thread and two, but not all with all.</summary>
    public static IEnumerable<MoeCase> Of(int experts, bool quick)
    {
        if (quick)
        {
            return experts == 128 ? [new(2, 1, 1, false), new(2, 1, 64, false)] : [.. Even(2, 2, 1, 64, 512), .. Skew(2, 2, 512)];
        }

        return
        [
            .. Even(1, 2, 1, 8, 64, 512), .. Skew(1, 2, 64),
            .. Even(2, 2, 1, 8, 64, 512, 1536), .. Skew(2, 2, 64, 512),
            .. Even(8, 2, 1, 8, 64, 512),
            .. Even(2, 1, 1, 8, 64, 512), .. Skew(2, 1, 64),
        ];
    }

    private static IEnumerable<MoeCase> Even(int k, int threads, params int[] tokens) => tokens.Select(t => new MoeCase(k, threads, t, false));

    private static IEnumerable<MoeCase> Skew(int k, int threads, params int[] tokens) => tokens.Select(t => new MoeCase(k, threads, t, true));
}
