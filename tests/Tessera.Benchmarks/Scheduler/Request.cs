using Tessera.Runtime;

namespace Tessera.Benchmarks.Scheduler;

/// <summary>An image cut into patches, as one caller brings it.</summary>
internal sealed record Request(int Width, int Height, float[] Patches)
{
    public int Tokens => Width * Height;

    /// <summary>So many images of 16 to 256 patches.</summary>
    public static Request[] Draw(int count, int patchSize, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            (int width, int height) = (random.Next(4, 17), random.Next(4, 17));
            return new Request(width, height, [.. Enumerable.Range(0, width * height * patchSize).Select(_ => (random.NextSingle() * 2) - 1)]);
        })];
    }

    /// <summary>The inputs of it alone.</summary>
    public TensorInput[] Inputs(int patchSize) =>
    [
        TensorInput.From("patches", Patches, Tokens, patchSize),
        TensorInput.From("rows", Positions(t => t / Width), Tokens),
        TensorInput.From("columns", Positions(t => t % Width), Tokens),
        TensorInput.Scalar("height", (long)Height),
        TensorInput.Scalar("width", (long)Width),
    ];

    /// <summary>Several of them as a batch.</summary>
    public static BatchBuilder Batch(IReadOnlyList<Request> requests, int patchSize) => new BatchBuilder()
        .AddTokens("patches", "n", requests.Select(static r => r.Patches), patchSize)
        .AddTokens("rows", "n", requests.Select(static r => r.Positions(t => t / r.Width)))
        .AddTokens("columns", "n", requests.Select(static r => r.Positions(t => t % r.Width)))
        .AddRows("height", requests.Select(static r => new[] { (long)r.Height }))
        .AddRows("width", requests.Select(static r => new[] { (long)r.Width }));

    private long[] Positions(Func<int, int> of) => [.. Enumerable.Range(0, Tokens).Select(t => (long)of(t))];
}
