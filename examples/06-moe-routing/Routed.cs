using Tessera.Runtime;

namespace MoeRouting;

/// <summary>Where the tokens of one example went: experts and weights, one row for each token.</summary>
internal sealed record Routed(long[][] Experts, float[][] Weights, float[] Result)
{
    /// <summary>Runs examples as one packed batch, then each alone.</summary>
    /// <param name="session">The packed model.</param>
    /// <param name="examples">A batch of the examples asked for.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="result">Which output is compared.</param>
    /// <returns>Each example's part of the batch, and the largest difference from what it is alone; NaN where an expert differs.</returns>
    public static (Routed[] Examples, double Difference) PackedAndAlone(ModelSession session, Func<IEnumerable<int>, BatchBuilder> examples, int count, string result)
    {
        Routed[] packed = Run(session, examples(Enumerable.Range(0, count)).Pack(), result);
        Routed[] alone = [.. Enumerable.Range(0, count).SelectMany(i => Run(session, examples([i]).Pack(), result))];
        bool same = packed.Zip(alone).All(static p => p.First.Experts.Zip(p.Second.Experts).All(static r => r.First.SequenceEqual(r.Second)));
        double difference = packed.Zip(alone).Max(static p => p.First.Result.Zip(p.Second.Result, static (a, b) => Math.Abs((double)a - b)).Max());
        return (packed, same ? difference : double.NaN);
    }

    private static Routed[] Run(ModelSession session, PackedBatch batch, string result)
    {
        using RunResult run = session.Run(batch.Inputs);
        TensorOutput experts = run["experts"];
        int row = (int)(experts.Count / experts.Dims[0]);
        T[] Of<T>(TensorOutput output, int i)
            where T : unmanaged => output.Dims[0] == experts.Dims[0] ? batch.Tokens<T>(output, "n", i).ToArray() : batch.Row<T>(output, i).ToArray();
        return [.. Enumerable.Range(0, batch.Count).Select(i => new Routed(
            [.. Of<long>(experts, i).Chunk(row)], [.. Of<float>(run["weights"], i).Chunk(row)], Of<float>(run[result], i)))];
    }
}
