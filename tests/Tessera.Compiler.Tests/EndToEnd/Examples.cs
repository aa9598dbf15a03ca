using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Compiler.Tests.EndToEnd;

/// <summary>Seeded examples of a model: the i-th has as many tokens as the i-th length, and as much context as the last but i-th.</summary>
internal static class Examples
{
    public static readonly int[] Mixed = [4, 1, 7, 2];

    public static int[] LengthsFor(Batching form) => form == Batching.Dense ? [5, 5, 5] : Mixed;

    public static Dictionary<string, RefValue>[] Draw(Graph single, params int[] lengths) =>
    [
        .. lengths.Select((n, i) => BatchedForms.Example(single, new Dictionary<string, long> { ["n"] = n, ["m"] = lengths[^(i + 1)] }, i)),
    ];

    /// <summary>The example with every float replaced.</summary>
    public static Dictionary<string, RefValue> Filled(Dictionary<string, RefValue> example, double value) => example.ToDictionary(
        static e => e.Key,
        e => e.Value is RefTensor t && t.DType.IsFloat() ? RefTensor.Floats(t.DType, t.Dims, [.. t.F.Select(_ => value)]) : e.Value);
}
