using System.Globalization;
using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Passes;
using Tessera.Passes.Batching;
using Tessera.Passes.Lowering;

namespace Tessera.Testing.FileTests;

/// <summary>
/// What a file test may run: passes by name, <c>batch-dense</c>, <c>batch-padded</c> and <c>batch-packed</c>, and
/// <c>legalize-17</c>, the lowering to standard ops of that opset. <c>as-imported</c> does nothing: it says that the graph is one whose
/// sizes are claims (<see cref="GraphBuilder.TakesClaims"/>).
/// </summary>
internal static class FileTestPasses
{
    private const string Legal = "legalize-";
    private const string Imported = "as-imported";

    public static bool TakesClaims(string names) => names.Split(',', StringSplitOptions.TrimEntries).Contains(Imported);

    public static IReadOnlyList<IPass> Parse(string names) =>
    [
        .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).SelectMany(static name => name switch
        {
            Imported => (IPass[])[],
            "batch-dense" => [new BatchStep(BatchMode.Dense)],
            "batch-padded" => [new BatchStep(BatchMode.Padded)],
            "batch-packed" => [new BatchStep(BatchMode.Packed)],
            _ when name.StartsWith(Legal, StringComparison.Ordinal) => [new Legalize { Opset = int.Parse(name[Legal.Length..], CultureInfo.InvariantCulture) }],
            _ => Pipelines.Parse(name),
        }),
    ];

    /// <summary>Whether the passes leave inputs and outputs as they are, so that both graphs can be run on the same values.</summary>
    public static bool KeepInterface(IEnumerable<IPass> passes) => !passes.Any(static p => p is BatchStep);

    private sealed record BatchStep(BatchMode Mode) : IPass
    {
        public string Name => $"batch {Mode}";

        public Graph Run(Graph graph, PassContext context) => BatchPass.Run(graph, Mode);
    }
}
