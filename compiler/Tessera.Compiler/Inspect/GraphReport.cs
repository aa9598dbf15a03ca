using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Inspect;

/// <summary>What there is to say of a graph at a glance; a figure that is too large is null.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">Inputs with their types.</param>
/// <param name="Outputs">Outputs with their types.</param>
/// <param name="Ops">How often each kind of op stands in it, branches and loop bodies included, most frequent first.</param>
/// <param name="Parameters">Numbers in its weights.</param>
/// <param name="WeightBytes">Bytes of its weights.</param>
/// <param name="Macs">Multiply-accumulates as a formula of the symbolic sizes.</param>
/// <param name="ActivationBytes">Largest sum of live results at any op, as a formula, when ops run in emission order.</param>
public sealed record GraphReport(
    string Name,
    IReadOnlyList<(string Name, IrType Type)> Inputs,
    IReadOnlyList<(string Name, IrType Type)> Outputs,
    IReadOnlyList<(string Op, int Count)> Ops,
    long? Parameters,
    long? WeightBytes,
    Dim? Macs,
    Dim? ActivationBytes)
{
    /// <summary>Multiply-accumulates of packed attentions for each pair of a query and a key of one example; not in <see cref="Macs"/>.</summary>
    public Dim? PackedMacsPerPair { get; init; } = 0;

    /// <summary>Two for each multiply-accumulate.</summary>
    public Dim? Flops => Twice(Macs);

    /// <summary>The same of <see cref="PackedMacsPerPair"/>.</summary>
    public Dim? PackedFlopsPerPair => Twice(PackedMacsPerPair);

    /// <summary>Loops and branches whose insides are not in <see cref="Macs"/>: their rounds or sizes are known only when they run.</summary>
    public int UntoldMacs { get; init; }

    /// <summary>Element types of values and weights, those of most values first.</summary>
    public IReadOnlyList<TypeUse> Types { get; init; } = [];

    /// <summary>Symbolic sizes of its inputs and of the formulas above, by name.</summary>
    public IReadOnlyList<string> Symbols => [.. Inputs.Select(static i => i.Type).OfType<TensorType>()
        .SelectMany(static t => t.Shape?.Symbols ?? [])
        .Concat(((Dim?[])[Macs, PackedMacsPerPair, ActivationBytes]).SelectMany(static f => f?.Symbols ?? []))
        .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static GraphReport Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        IReadOnlyList<Op> ops = [.. RegionCost.All(graph.PostOrder())];
        TensorType[] weights = [.. ops.OfType<Parameter>().Select(static p => (TensorType)p.Type)];
        return new GraphReport(
            graph.Name,
            [.. graph.Inputs.Select(static v => (((Input)v.Producer).Name, v.Type))],
            [.. graph.Outputs.Select(static o => (o.Name, o.Value.Type))],
            [.. ops.Where(static o => o is not (Input or Parameter or Constant)).GroupBy(static o => o.Schema.Name)
                .Select(static g => (g.Key, g.Count())).OrderByDescending(static p => p.Item2).ThenBy(static p => p.Key, StringComparer.Ordinal)],
            Figure.Sum(weights.Select(Count)),
            Figure.Sum(weights.Select(Bytes)),
            Figure.Of(() => GraphCost.Macs(graph)),
            Figure.Of(() => ActivationMemory.Peak(graph)))
        {
            Types = [.. TypesOf(graph, ops)],
            UntoldMacs = Figure.Of(() => GraphCost.Untold(graph))?.Count ?? 0,
            PackedMacsPerPair = Figure.Of(() => GraphCost.PackedMacsPerPair(graph)),
        };
    }

    private static Dim? Twice(Dim? macs) => macs is null ? null : Figure.Of(() => macs * 2);

    private static Int128 Count(TensorType weight) =>
        weight.Shape!.Aggregate((Int128)1, static (count, size) => Int128.Min(count * size.ConstValue!.Value, long.MaxValue));

    private static Int128 Bytes(TensorType weight) => ((Count(weight) * weight.DType.Bits()) + 7) / 8;

    private static IEnumerable<TypeUse> TypesOf(Graph graph, IReadOnlyList<Op> ops) => ops.Where(static o => o is not (Input or Constant)).SelectMany(static o => o.Outputs).Concat(graph.Inputs)
        .Where(static v => v.Type is TensorType)
        .GroupBy(static v => v.DType)
        .Select(static g => new TypeUse(
            g.Key,
            g.Count(static v => v.Producer is not Parameter),
            Figure.Sum(g.Where(static v => v.Producer is Parameter).Select(static v => Bytes((TensorType)v.Type)))))
        .OrderByDescending(static t => t.Values).ThenByDescending(static t => t.WeightBytes).ThenBy(static t => t.DType);
}
