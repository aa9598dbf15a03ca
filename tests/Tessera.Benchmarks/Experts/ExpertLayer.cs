using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Benchmarks.Experts;

/// <summary>A layer of experts with two matrices and GELU by tanh, the one form that every side computes, with weights that are drawn once.</summary>
internal sealed class ExpertLayer
{
    public const int Size = 768;

    /// <param name="experts">E.</param>
    /// <param name="hidden">Width between the matrices.</param>
    public ExpertLayer(int experts, int hidden)
    {
        (Experts, Hidden, Id) = (experts, hidden, $"{experts}x{hidden}");
        Random random = new(experts);
        W1 = [.. Enumerable.Range(0, experts).Select(_ => Draw(random, Size * hidden, 1 / Math.Sqrt(Size)))];
        W2 = [.. Enumerable.Range(0, experts).Select(_ => Draw(random, hidden * Size, 1 / Math.Sqrt(hidden)))];
    }

    /// <param name="experts">E.</param>
    /// <param name="hidden">Width between the matrices.</param>
    /// <param name="w1">For each expert <c>[Size, hidden]</c>.</param>
    /// <param name="w2">For each expert <c>[hidden, Size]</c>.</param>
    public ExpertLayer(int experts, int hidden, float[][] w1, float[][] w2) => (Experts, Hidden, W1, W2, Id) = (experts, hidden, w1, w2, $"{experts}x{hidden}wide");

    public int Experts { get; }

    /// <summary>Tells its files from those of others.</summary>
    public string Id { get; }

    public int Hidden { get; }

    /// <summary>For each expert <c>[Size, Hidden]</c>.</summary>
    public float[][] W1 { get; }

    /// <summary>For each expert <c>[Hidden, Size]</c>.</summary>
    public float[][] W2 { get; }

    /// <summary>Bytes of one expert.</summary>
    public double ExpertBytes => 2.0 * Size * Hidden * sizeof(float);

    /// <summary>Floating-point operations of one token at one expert.</summary>
    public double TokenFlops => 4.0 * Size * Hidden;

    /// <summary>The routed layer over <c>x[t, Size]</c> and <c>logits[t, E]</c>.</summary>
    public Graph Routed(int k)
    {
        GraphBuilder g = new();
        (Value x, Value logits) = (g.In("x", $"f32[t, {Size}]"), g.In("logits", $"f32[t, {Experts}]"));
        IReadOnlyList<Value> routed = g.EmitAll(new Route(logits) { K = k, Renormalize = true });
        List<Value> tail = [];
        Dictionary<string, WeightSource> weights = [];
        for (int e = 0; e < Experts; e++)
        {
            tail.Add(Weight(g, weights, $"experts.{e}.w1", W1[e], Size, Hidden));
            tail.Add(Weight(g, weights, $"experts.{e}.w2", W2[e], Hidden, Size));
        }

        Value y = g.Emit(new GroupedMlp(x, routed[1], routed[0], [.. tail]) { ExpertCount = Experts, Activation = ExpertActivation.GeluTanh });
        return new Graph { Name = "experts", Builder = g, Inputs = [x, logits], Outputs = [new GraphOutput("y", y)], Weights = weights };
    }

    /// <summary>One expert for all rows: what the same work takes where nothing is chosen.</summary>
    public Graph Dense()
    {
        GraphBuilder g = new();
        Value x = g.In("x", $"f32[t, {Size}]");
        Dictionary<string, WeightSource> weights = [];
        Value h = g.Gelu(g.MatMul(x, Weight(g, weights, "w1", W1[0], Size, Hidden)), tanh: true);
        Value y = g.MatMul(h, Weight(g, weights, "w2", W2[0], Hidden, Size));
        return new Graph { Name = "dense", Builder = g, Inputs = [x], Outputs = [new GraphOutput("y", y)], Weights = weights };
    }

    /// <summary>What the first and the last token of a batch become, in double.</summary>
    public IReadOnlyDictionary<int, double[]> Expected(ExpertFeed feed) => new[] { 0, feed.Tokens - 1 }.Distinct().ToDictionary(
        static t => t,
        t => Reference(feed.X.AsSpan(t * Size, Size), feed.Logits.AsSpan(t * Experts, Experts), feed.K));

    /// <summary>One token's result in double.</summary>
    private double[] Reference(ReadOnlySpan<float> x, ReadOnlySpan<float> logits, int k)
    {
        float[] row = [.. logits];
        int[] chosen = [.. Enumerable.Range(0, Experts).OrderByDescending(e => row[e]).Take(k)];
        double[] weights = [.. chosen.Select(e => Math.Exp((double)row[e] - row[chosen[0]]))];
        double[] result = new double[Size];
        for (int j = 0; j < k; j++)
        {
            double[] h = [.. Product(x, W1[chosen[j]], Hidden).Select(Gelu)];
            double[] y = Product(h, W2[chosen[j]], Size);
            for (int d = 0; d < Size; d++)
            {
                result[d] += weights[j] / weights.Sum() * y[d];
            }
        }

        return result;
    }

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    private static double[] Product<T>(ReadOnlySpan<T> x, float[] w, int columns)
        where T : IConvertible
    {
        double[] y = new double[columns];
        for (int i = 0; i < x.Length; i++)
        {
            double factor = Convert.ToDouble(x[i], System.Globalization.CultureInfo.InvariantCulture);
            for (int c = 0; c < columns; c++)
            {
                y[c] += factor * w[(i * columns) + c];
            }
        }

        return y;
    }

    private static double[] Product(double[] x, float[] w, int columns) => Product((ReadOnlySpan<double>)x, w, columns);

    private static Value Weight(GraphBuilder g, Dictionary<string, WeightSource> weights, string path, float[] values, int rows, int columns)
    {
        weights.Add(path, MemoryWeightSource.Of<float>(values, rows, columns));
        return g.Param(path, $"f32[{rows}, {columns}]");
    }

    private static float[] Draw(Random random, int count, double deviation)
    {
        float[] values = new float[count];
        float width = (float)(deviation * Math.Sqrt(12));
        for (int i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() - 0.5f) * width;
        }

        return values;
    }
}
