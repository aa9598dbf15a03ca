using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>An integer that is <c>rows · i + columns · j + offset</c> at row i and column j of the last two axes.</summary>
internal sealed record Index(int Rows, int Columns, long Offset)
{
    private const int Deepest = 12;

    /// <summary>i − j + offset.</summary>
    public static Index Behind(long offset) => new(1, -1, offset);

    /// <summary>a − b at the positions of <paramref name="whole"/>, which both are broadcast to.</summary>
    public static Index? Difference(Value a, Value b, Value whole) => Of(a, whole.Rank) is { } left && Of(b, whole.Rank) is { } right
        ? new Index(left.Rows - right.Rows, left.Columns - right.Columns, left.Offset - right.Offset)
        : null;

    /// <summary>What a value is at the positions of a whole of the given rank, which it is broadcast to; null for anything else.</summary>
    public static Index? Of(Value value, int rank) => Of(value, rank, Deepest);

    private static Index? Of(Value value, int rank, int depth) => depth == 0 || value.Rank > rank ? null : value.Op switch
    {
        Cast { X.DType: DType.I64 or DType.I32, To: DType.I64 or DType.I32 or DType.F32 or DType.F64 } cast => Of(cast.X, rank, depth - 1),
        Add { A: var a, B: var b } => Of(a, rank, depth - 1) is { } x && Of(b, rank, depth - 1) is { } y
            ? new Index(x.Rows + y.Rows, x.Columns + y.Columns, x.Offset + y.Offset)
            : null,
        Sub { A: var a, B: var b } => Of(a, rank, depth - 1) is { } x && Of(b, rank, depth - 1) is { } y
            ? new Index(x.Rows - y.Rows, x.Columns - y.Columns, x.Offset - y.Offset)
            : null,
        Reshape { X: { Rank: 1 } line } when Counts(line, depth) is { } first => Along(value, first),
        _ when Single(value) is { } number => new Index(0, 0, number),
        _ when value.Rank == 1 && Counts(value, depth) is { } first => new Index(0, 1, first),
        _ => null,
    };

    // [n] spread along the last axis or the one before.
    private static Index? Along(Value value, long first)
    {
        int axis = Enumerable.Range(0, value.Rank).FirstOrDefault(a => value.Shape[a] != Dim.One, value.Rank - 1);
        return value.Shape.Skip(axis + 1).Any(static d => d != Dim.One) ? null
            : axis == value.Rank - 1 ? new Index(0, 1, first)
            : axis == value.Rank - 2 ? new Index(1, 0, first)
            : null;
    }

    // The first of integers that count up by one, along a line.
    private static long? Counts(Value line, int depth) => depth == 0 ? null : line.Op switch
    {
        Ir.Ops.Range { Start: var start, Delta: var step } when Single(step) == 1 => Single(start),
        Cast { X: { DType: DType.I64 or DType.I32 } x, To: DType.I64 or DType.I32 or DType.F32 or DType.F64 } => Counts(x, depth - 1),
        Add { A: { Rank: 1 } a, B: var b } when Single(b) is { } by => Counts(a, depth - 1) + by,
        Reshape { X.Rank: 1 } reshape => Counts(reshape.X, depth - 1),
        Constant { Value: { DType: DType.I64 or DType.I32, Count: > 1 and <= 1 << 16 } content }
            => RefTensors.FromContent(content).I is var numbers && numbers.Select((x, i) => x - i).All(x => x == numbers[0]) ? numbers[0] : null,
        _ => null,
    };

    private static long? Single(Value value) => value.Sizes is [var size] && value.Shape.NumElements == Dim.One ? size.ConstValue
        : value.Op is Constant { Value: { Count: 1, DType: DType.I64 or DType.I32 } content } ? RefTensors.FromContent(content).I[0]
        : null;
}
