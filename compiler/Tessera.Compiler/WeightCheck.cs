using Tessera.Ir;
using Tessera.Nn.Weights;

namespace Tessera.Compiler;

/// <summary>Looks for numbers that no trained weight should have, as the file gave them and as the model will hold them.</summary>
internal static class WeightCheck
{
    /// <param name="weights">The weights of the model, in its types.</param>
    /// <param name="given">What they were made of; null where they are as they came.</param>
    /// <param name="cancellation">Ends the reading, of gigabytes perhaps.</param>
    public static IEnumerable<CompileWarning> Find(
        IReadOnlyDictionary<string, WeightSource> weights, WeightSet? given, CancellationToken cancellation) =>
        weights.SelectMany(w => Find(w.Key, w.Value, given is not null && given.TryGetValue(w.Key, out WeightSource? source) ? source : w.Value, cancellation));

    private static IEnumerable<CompileWarning> Find(string path, WeightSource weight, WeightSource given, CancellationToken cancellation)
    {
        NonFiniteCount now = WeightScan.CountNonFinite(weight, cancellation);
        if (now.Total == 0)
        {
            yield break;
        }

        NonFiniteCount before = given.DType == weight.DType ? now : WeightScan.CountNonFinite(given, cancellation);
        if (before.Total > 0)
        {
            yield return new CompileWarning(
                "TSR0903", path, $"the weight holds {before.NaNs} NaN and {before.Infinities} infinities, the first at element {before.FirstIndex}.");
        }

        if (now.Infinities > before.Infinities)
        {
            yield return new CompileWarning(
                "TSR0904", path, $"{now.Infinities - before.Infinities} of {weight.Count} numbers, finite as {given.DType.Text()}, are infinite as {weight.DType.Text()}. Compute in bf16 or f32.");
        }
    }
}
