namespace Tessera.Compiler.Bench;

/// <summary>What timing one or two models showed.</summary>
/// <param name="Sizes">Sizes of the inputs, those that were chosen among them.</param>
/// <param name="Models">Milliseconds of a run, of each model.</param>
/// <param name="Ratio">Time of the second model over that of the first, run by run: above 1 the first is faster; null where there is one.</param>
public sealed record BenchResult(IReadOnlyDictionary<string, long> Sizes, IReadOnlyList<ModelTimes> Models, Quartiles? Ratio);
