using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>A coordinate of where flags are set: row <c>Axis</c> of <see cref="NonZero"/>, one number for each flag.</summary>
internal sealed record TokenIndex(NonZero Found, int Axis)
{
    private const int Deepest = 6;

    /// <summary>The coordinate that a value <c>[N]</c> or <c>[N, 1]</c> is.</summary>
    public static TokenIndex? Of(Value value) => Of(value, Deepest);

    private static TokenIndex? Of(Value value, int depth) => depth == 0 ? null : value.Producer switch
    {
        Reshape { X: var x } => Of(x, depth - 1),
        Cast { X.DType: DType.I64, To: DType.I64 } cast => Of(cast.X, depth - 1),
        NonZero { X.Rank: 1 } only => new TokenIndex(only, 0),
        Transpose { Perm: [1, 0], X.Op: NonZero { X.Rank: 1 } only } => new TokenIndex(only, 0),
        Gather { Data: var data, Indices: var index, Axis: var axis } when GateMatcher.Single(index) is { } at => Row(data, axis, at, data.Rank),
        Slice { X: var data, Axes: [var axis] } slice when slice.Starts[0].ConstValue is { } at && value.Shape[(int)(axis < 0 ? axis + data.Rank : axis)] == Dim.One
            => Row(data, axis, at, data.Rank),
        Split split when split.Outputs.All(v => v.Shape[(int)(split.Axis < 0 ? split.Axis + v.Rank : split.Axis)] == Dim.One) => Row(split.X, split.Axis, value.Index, 2),
        _ => null,
    };

    // Row `at` of [rank, N], or column of its transpose.
    private static TokenIndex? Row(Value data, long axis, long at, int rank) => (data.Op, axis < 0 ? axis + rank : axis) switch
    {
        (NonZero found, 0) => new TokenIndex(found, (int)(at < 0 ? at + found.X.Rank : at)),
        (Transpose { Perm: [1, 0], X.Op: NonZero found }, 1) => new TokenIndex(found, (int)(at < 0 ? at + found.X.Rank : at)),
        _ => null,
    };
}
