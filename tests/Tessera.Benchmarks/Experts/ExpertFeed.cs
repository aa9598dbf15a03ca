using Microsoft.ML.OnnxRuntime;

namespace Tessera.Benchmarks.Experts;

/// <summary>Tokens and their logits, by the names of every side's inputs.</summary>
internal sealed class ExpertFeed : IDisposable
{
    // How much likelier each expert is than the next where loads are skewed.
    private const double Skew = 0.25;

    public ExpertFeed(ExpertLayer layer, int tokens, int k, bool skewed, int seed)
    {
        Random random = new(seed);
        (Tokens, K) = (tokens, k);
        X = [.. Enumerable.Range(0, tokens * ExpertLayer.Size).Select(_ => (random.NextSingle() * 2) - 1)];
        Logits = [.. Enumerable.Range(0, tokens * layer.Experts).Select(i => (random.NextSingle() * 2) - (skewed ? (float)(Skew * (i % layer.Experts)) : 0))];
        Rows = [.. Enumerable.Range(0, tokens * k * ExpertLayer.Size).Select(i => X[i % X.Length])];
        Inputs = Values(("x", X, tokens), ("logits", Logits, tokens));
        DenseInputs = Values(("x", Rows, tokens * k));
    }

    public int Tokens { get; }

    public int K { get; }

    public float[] X { get; }

    public float[] Logits { get; }

    public IReadOnlyDictionary<string, OrtValue> Inputs { get; }

    /// <summary>As many rows as tokens have experts, for the dense chain.</summary>
    public IReadOnlyDictionary<string, OrtValue> DenseInputs { get; }

    private float[] Rows { get; }

    /// <summary>Experts that some token goes to.</summary>
    public int Active(int experts) => Enumerable.Range(0, Tokens)
        .SelectMany(t => Enumerable.Range(0, experts).OrderByDescending(e => Logits[(t * experts) + e]).Take(K)).Distinct().Count();

    public void Dispose()
    {
        foreach (OrtValue value in Inputs.Values.Concat(DenseInputs.Values))
        {
            value.Dispose();
        }
    }

    private static Dictionary<string, OrtValue> Values(params (string Name, float[] Elements, int Rows)[] inputs) =>
        inputs.ToDictionary(static i => i.Name, static i => OrtValue.CreateTensorValueFromMemory(i.Elements, [i.Rows, i.Elements.Length / i.Rows]));
}
