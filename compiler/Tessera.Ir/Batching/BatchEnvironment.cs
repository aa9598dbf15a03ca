namespace Tessera.Ir.Batching;

/// <summary>
/// The batched graph as a whole: its builder, its mode, and for every partition the lengths, offsets and total that
/// follow from the ragged symbols' own.
/// </summary>
public abstract class BatchEnvironment(GraphBuilder builder, BatchMode mode, IReadOnlySet<string> ragged)
{
    public GraphBuilder Builder { get; } = builder;

    public BatchMode Mode { get; } = mode;

    /// <summary>What is known of the sizes of one example.</summary>
    public DimFacts ExampleFacts { get; init; } = DimFacts.None;

    /// <summary>Number of examples.</summary>
    public Dim BatchSize { get; } = Dim.Sym("batch");

    /// <summary>Whether a one-example size differs from example to example.</summary>
    public bool IsRagged(Dim dim) => dim.Symbols.Any(ragged.Contains);

    /// <summary><c>i64[batch]</c>: the partition's length in each example.</summary>
    public abstract Value Lengths(Dim partition);

    /// <summary><c>i32[batch + 1]</c>: where each example starts along the packed axis, and the end.</summary>
    public abstract Value CuSeqlens(Dim partition);

    /// <summary>Size of the packed axis of a partition: the sum of its lengths.</summary>
    public abstract Dim Total(Dim partition);

    /// <summary>A padded value with everything beyond each example's length set to <paramref name="fill"/> (0 or 1 for bool).</summary>
    public abstract Value Fill(Batched padded, double fill);

    /// <summary>The batched results of an op by its decomposition; null when it has none.</summary>
    public abstract IReadOnlyList<Batched>? ByParts(Op op);

    /// <summary>What tells the lengths of examples, symbol by symbol: inputs of the graph, which a region captures.</summary>
    public abstract IReadOnlyList<(string Symbol, Value Lengths)> Partitions { get; }

    /// <summary>The batched form of a region over parameters of these forms.</summary>
    public abstract BatchedRegion Batch(Region region, IReadOnlyList<Batched> parameters);

    /// <summary>Whether a size of the longest example is at least that of any other: it never shrinks where a ragged symbol grows.</summary>
    public bool IsBoundedByLongest(Dim dim) => dim.Symbols.Where(ragged.Contains).All(s => DimGrowth.Of(dim, s, ExampleFacts).Min >= 0);

    /// <summary>The one ragged axis of a one-example shape, −1 when there is none.</summary>
    /// <exception cref="TesseraException">There are two: such a value has no packed form.</exception>
    public int RaggedAxis(Shape oneExample, BatchContext context)
    {
        int[] axes = [.. Enumerable.Range(0, oneExample.Rank).Where(a => IsRagged(oneExample[a]))];
        return axes.Length switch
        {
            0 => -1,
            1 => axes[0],
            _ => throw context.Mixes($"{oneExample} has two ragged axes, which have no packed form"),
        };
    }

    internal Batched Wrap(Value value, Shape oneExample, BatchContext context)
    {
        if (Mode == BatchMode.Dense)
        {
            return new Batched(value, BatchForm.Dense);
        }

        int axis = RaggedAxis(oneExample, context);
        if (Mode == BatchMode.Padded && axis >= 0 && !IsBoundedByLongest(oneExample[axis]))
        {
            throw context.Mixes($"a longer example may have a smaller size {oneExample[axis]}, and padding is as long as the longest");
        }

        return axis < 0
            ? new Batched(value, BatchForm.Dense)
            : new Batched(value, Mode == BatchMode.Packed ? BatchForm.Ragged : BatchForm.Padded, axis, oneExample[axis]);
    }
}
