using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>Integers that follow from how many assignments each expert has: sums of these counts, each with a factor.</summary>
/// <param name="ids">The assignments.</param>
/// <param name="experts">Number of experts.</param>
internal sealed class ExpertCounts(Value ids, int experts, RewriteContext context)
{
    private const int Deepest = 512;
    private readonly Dictionary<Value, long[][]?> _known = [];

    /// <summary>Whether a number is that of the assignments of all experts before one.</summary>
    public bool IsStart(Value number, int expert) => Only(number) is { } sum && sum.Select((c, e) => c == (e < expert ? 1 : 0)).All(static same => same);

    /// <summary>Whether a number is that of the assignments of all experts before one, and of its own; or all there are, and more.</summary>
    public bool IsEnd(Value number, int expert) => IsStart(number, expert + 1)
        || (expert == experts - 1 && number.Sizes is [var size] && (size.ConstValue == long.MaxValue || context.Facts.GreaterEqual(size, ids.Shape.NumElements) == Proof.Proved));

    /// <summary>Whether a vector holds the count of each expert.</summary>
    public bool AreCounts(Value vector) => Rows(vector, Deepest) is { } rows && rows.Length == experts && rows.Select((r, i) => r.Select((c, e) => c == (e == i ? 1 : 0)).All(static same => same)).All(static same => same);

    private long[]? Only(Value number) => Rows(number, Deepest) is [var only] ? only : null;

    // For each element, the factor of each expert's count.
    private long[][]? Rows(Value value, int depth)
    {
        if (depth == 0 || value.DType is not (DType.I32 or DType.I64) || value.Type is not TensorType { Shape: { } shape })
        {
            return null;
        }

        if (!_known.TryGetValue(value, out long[][]? rows))
        {
            _known[value] = rows = shape.NumElements.ConstValue is { } count && count <= Constants.MostElements && shape.Count(static d => d != Dim.One) <= 1
                && Made(value, depth - 1) is { } made && made.Length == count ? made : null;
        }

        return rows;
    }

    private long[][]? Made(Value value, int depth) => value.Producer switch
    {
        Constant => Integers(value) is { } numbers && numbers.All(static n => n == 0) ? [.. numbers.Select(_ => new long[experts])] : null,
        Reshape { X: var x } => Rows(x, depth),
        Cast { X: var x, To: DType.I32 or DType.I64 } => x.DType.IsInteger() ? Rows(x, depth) : null,
        CumSum { X: var x } sum => x.Rank == 1 && Rows(x, depth) is { } rows ? Running(rows, sum) : null,
        Add { A: var a, B: var b } => Combined(Rows(a, depth), Rows(b, depth), 1),
        Sub { A: var a, B: var b } => Combined(Rows(a, depth), Rows(b, depth), -1),
        Concat { Inputs: var parts } => parts.Select(p => Rows(p, depth)).ToArray() is var all && all.All(static r => r is not null) ? [.. all.SelectMany(static r => r!)] : null,
        Gather { Data: { Rank: 1 } x, Indices: var index } => Integers(index) is { } at && Rows(x, depth) is { } rows ? Picked(rows, at) : null,
        Slice { X: { Rank: 1 } x, Starts: [{ ConstValue: { } start }], Ends: [{ ConstValue: { } end }] } slice when slice.Steps.All(static s => s == 1)
            => Rows(x, depth) is { } rows ? rows[Within(start, rows.Length)..Math.Max(Within(start, rows.Length), Within(end, rows.Length))] : null,
        Split { X: { Rank: 1 } x } split => Rows(x, depth) is { } rows && split.Outputs.All(static v => v.Shape[0] == Dim.One) ? [rows[value.Index]] : null,
        _ => IsCount(value) ? [.. Enumerable.Range(0, experts).Select(e => Enumerable.Range(0, experts).Select(i => i == e ? 1L : 0).ToArray())] : null,
    };

    // How many ids are each expert's, by flags of each id summed over all of them.
    private bool IsCount(Value value) => value.Producer switch
    {
        ReduceSum { X: var flags } sum => AreFlags(flags) && IsOverRest(sum.Axes, flags.Rank),
        ScatterElements { Reduction: ScatterReduction.Add, Data: { Rank: 1 } zeros, Indices: var at, Updates: var ones } => Numbers.IsZero(zeros) && IsOne(ones) && AreIds(at),
        _ => false,
    };

    // [.., E]: 1 where an id is an expert's.
    private bool AreFlags(Value flags) => flags.Rank > 1 && flags.Shape[^1].ConstValue == experts && GateMatcher.Uncast(flags).Op switch
    {
        OneHot => GateMatcher.OneHotOf(flags) is { } at && AreIds(at),
        ScatterElements { Reduction: ScatterReduction.None, Data: var zeros, Indices: var at, Updates: var ones } scatter => (scatter.Axis == -1 || scatter.Axis == flags.Rank - 1)
            && Numbers.IsZero(zeros) && IsOne(ones) && AreIds(at) && context.Equal(at.Shape, ids.Shape),
        Equal { A: var a, B: var b } => (AreAll(b) && IsColumn(a)) || (AreAll(a) && IsColumn(b)),
        _ => false,
    };

    // 0, 1, …, E − 1 along the last axis.
    private bool AreAll(Value value) => value.Rank > 0 && value.Shape.NumElements == value.Shape[^1] && Integers(value) is { } numbers && numbers.Length == experts
        && numbers.Select(static (n, i) => n == i).All(static same => same);

    private bool IsColumn(Value value) => value.Rank > 1 && value.Shape[^1] == Dim.One && AreIds(value);

    // The ids themselves, in whatever order.
    private bool AreIds(Value value)
    {
        Value root = ExpertSorting.Root(value);
        root = root.Producer is Gather { Axis: 0, Data: var data, Indices: var order } && ExpertSorting.Of(order, context) is not null ? ExpertSorting.Root(data)
            : root.Producer is TopK { Largest: false } && root.Index == 0 && ExpertSorting.Of(root.Producer.Outputs[1], context) is { } sort ? sort.Ids
            : root;
        ExpertSorting.RelyOn(value, ids, context);
        return ReferenceEquals(root, ids) && context.Equal(value.Shape.NumElements, ids.Shape.NumElements);
    }

    private static bool IsOverRest(EquatableArray<long> axes, int rank) => axes.Select(a => a < 0 ? a + rank : a).Order().SequenceEqual(Enumerable.Range(0, rank - 1).Select(static a => (long)a));

    private static bool IsOne(Value value) => Numbers.IsSplat(value, out double one) && one == 1;

    private static long[][] Running(long[][] rows, CumSum sum)
    {
        long[][] result = new long[rows.Length][];
        long[] total = new long[rows.Length == 0 ? 0 : rows[0].Length];
        foreach (int i in sum.Reverse ? Enumerable.Range(0, rows.Length).Reverse() : Enumerable.Range(0, rows.Length))
        {
            long[] before = total;
            total = [.. total.Zip(rows[i], static (a, b) => a + b)];
            result[i] = sum.Exclusive ? before : total;
        }

        return result;
    }

    private static long[][]? Combined(long[][]? a, long[][]? b, long sign) => a is null || b is null || !(a.Length == b.Length || a.Length == 1 || b.Length == 1)
        ? null
        : [.. Enumerable.Range(0, Math.Max(a.Length, b.Length)).Select(i => a[a.Length == 1 ? 0 : i].Zip(b[b.Length == 1 ? 0 : i], (x, y) => x + (sign * y)).ToArray())];

    private static long[][]? Picked(long[][] rows, long[] at) => at.All(i => i >= -rows.Length && i < rows.Length)
        ? [.. at.Select(i => rows[i < 0 ? i + rows.Length : i])]
        : null;

    private static int Within(long at, int length) => (int)Math.Clamp(at < 0 ? at + length : at, 0, length);

    private static long[]? Integers(Value value) => value.Op is Constant { Value: { Count: <= Constants.MostElements, DType: DType.I64 or DType.I32 } content }
        ? RefTensors.FromContent(content).I
        : value.Sizes is { } sizes && sizes.All(static d => d.ConstValue is not null)
        ? [.. sizes.Select(static d => d.ConstValue!.Value)]
        : null;
}
