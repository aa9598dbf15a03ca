using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Verify;

/// <summary>What two models gave on one set of inputs.</summary>
/// <param name="Inputs">Sizes and kind of the values.</param>
/// <param name="Largest">Largest |Δ| over the largest element of a result.</param>
/// <param name="Difference">The first element that differs by more than the tolerance; null where none does.</param>
/// <param name="Refused">Why both refuse these inputs; null where they ran.</param>
public sealed record ComparedCase(string Inputs, double Largest, string? Difference, string? Refused);

/// <summary>
/// Runs two models in ONNX Runtime on the same generated inputs: sizes 3, 1, 0 and random ones for every symbol, values from
/// plain to the ends of their type with NaN and infinities strewn in.
/// </summary>
public static class ModelComparison
{
    /// <param name="a">The model whose inputs are generated.</param>
    /// <param name="b">Bytes of the other model.</param>
    /// <param name="original">Bytes of the first.</param>
    /// <param name="cases">How many inputs to try.</param>
    /// <param name="tolerance">Largest |Δ| over the largest element, by element type.</param>
    public static IReadOnlyList<ComparedCase> Run(Graph a, byte[] original, byte[] b, int cases, Func<DType, double> tolerance)
    {
        ArgumentNullException.ThrowIfNull(a);
        using OrtRun first = new(original);
        using OrtRun second = new(b, kernels: true);
        ValueKind[] kinds = Enum.GetValues<ValueKind>();
        List<ComparedCase> results = [];
        foreach (IReadOnlyDictionary<string, long> sizes in SizeChoices.For(GraphInputs.Symbols(a), a.Constraints, seed: 1, cases))
        {
            ValueKind kind = kinds[results.Count % kinds.Length];
            Dictionary<string, RefValue> inputs = GraphInputs.Generate(a, sizes, seed: results.Count + 1, kind);
            string what = string.Join(", ", sizes.Select(static s => $"{s.Key}={s.Value}").Append(kind.ToString()));
            results.Add(Compare(first, second, inputs, what, tolerance));
        }

        return results;
    }

    private static ComparedCase Compare(OrtRun first, OrtRun second, Dictionary<string, RefValue> inputs, string what, Func<DType, double> tolerance)
    {
        (IReadOnlyList<RefValue>? expected, string? refused) = Try(first, inputs);
        (IReadOnlyList<RefValue>? actual, string? refusedToo) = Try(second, inputs);
        if (expected is null || actual is null)
        {
            return new ComparedCase(what, 0, expected is null == actual is null ? null : $"only one of them runs: {refused ?? refusedToo}", refused ?? refusedToo);
        }

        Comparison comparison = Comparison.Of(expected, actual, tolerance);
        return new ComparedCase(what, comparison.Largest, comparison.Difference, null);
    }

    private static (IReadOnlyList<RefValue>? Results, string? Refused) Try(OrtRun run, Dictionary<string, RefValue> inputs)
    {
        try
        {
            return (run.Run(inputs), null);
        }
        catch (OnnxRuntimeException error)
        {
            return (null, error.Message.ReplaceLineEndings(" "));
        }
    }
}
