namespace Tessera.Ir;

/// <summary>What type inference may ask: operand types, facts about sizes, fresh symbols, and how to fail.</summary>
public sealed class InferContext
{
    private readonly GraphBuilder _builder;
    private readonly Op _op;
    private readonly SourceLocation _source;

    internal InferContext(GraphBuilder builder, Op op, SourceLocation source)
    {
        _builder = builder;
        _op = op;
        _source = source;
    }

    public DimFacts Facts => _builder.Facts;

    /// <summary>The shape of a tensor operand.</summary>
    /// <exception cref="TesseraException">It is no tensor, or its rank is not known.</exception>
    public Shape ShapeOf(Value operand) => operand.Type is TensorType { Shape: { } shape }
        ? shape
        : throw Error("TSR0201", $"an operand must be a tensor of known rank; it is {operand.Type}.");

    /// <summary>A negative axis counted from the end, checked against the rank.</summary>
    public int Axis(long axis, int rank) => axis >= -rank && axis < rank
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Error("TSR0202", $"axis {axis} does not exist in rank {rank}.", $"It must lie in [{-rank}, {rank - 1}].");

    /// <summary>Sorted distinct non-negative axes.</summary>
    public int[] Axes(IEnumerable<long> axes, int rank)
    {
        int[] sorted = [.. axes.Select(a => Axis(a, rank)).Order()];
        return sorted.Distinct().Count() == sorted.Length
            ? sorted
            : throw Error("TSR0202", $"axes [{string.Join(", ", axes)}] name one axis twice.");
    }

    /// <summary>The common shape of two tensors under multidirectional broadcasting; null where the rank of one is not known.</summary>
    public Shape? Broadcast(Value a, Value b) => a.Tensor.Shape is { } x && b.Tensor.Shape is { } y ? Broadcast(x, y) : null;

    /// <summary>The common shape under multidirectional broadcasting.</summary>
    public Shape Broadcast(Shape a, Shape b)
    {
        BroadcastResult result = Shape.Broadcast(a, b, Facts);
        return result.IsSuccess ? result.Shape
            : _builder.TakesClaims && Claimed(a, b) is { } claimed ? claimed
            : throw Error("TSR0204", $"shapes {a} and {b} do not broadcast: {result.Reason}");
    }

    // Where one size is a number above 1, the result has it whatever the other turns out to be; of two unknown ones it is not known.
    private Shape? Claimed(Shape a, Shape b)
    {
        int rank = Math.Max(a.Rank, b.Rank);
        Dim[] dims = new Dim[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            Dim left = axis < rank - a.Rank ? Dim.One : a[axis - rank + a.Rank];
            Dim right = axis < rank - b.Rank ? Dim.One : b[axis - rank + b.Rank];
            BroadcastResult one = Shape.Broadcast([left], [right], Facts);
            if (!one.IsSuccess && left.ConstValue is not null && right.ConstValue is not null)
            {
                return null;
            }

            dims[axis] = one.IsSuccess ? one.Shape[0]
                : left.ConstValue is not null ? left
                : right.ConstValue is not null ? right
                : Cut(left, right) ?? Cut(right, left) ?? Fresh(0, axis);
        }

        return [.. dims];
    }

    // min(n, 16) goes with n only where it is n: were it 1, so would n be.
    private static Dim? Cut(Dim whole, Dim part) => part is MinDim { Operands: var operands } && operands.Contains(whole)
        && operands.All(d => d == whole || d.ConstValue >= 2)
        ? whole
        : null;

    /// <summary>Fails unless both sizes are proved equal.</summary>
    public void RequireEqual(Dim a, Dim b, string what)
    {
        if (!Allows(Facts.Equal(a, b)))
        {
            throw Error("TSR0203", $"{what} differ: {a} ≠ {b}. {Operands()}");
        }
    }

    /// <summary>Whether a proof is enough: proved, or not disproved where sizes are claims (<see cref="GraphBuilder.TakesClaims"/>).</summary>
    public bool Allows(Proof proof) => proof == Proof.Proved || (proof == Proof.Unknown && _builder.TakesClaims);

    /// <summary>Fails unless both operands have one element type.</summary>
    public void RequireSameDType(Value a, Value b)
    {
        if (a.DType != b.DType)
        {
            throw Error("TSR0205", $"element types differ: {a.Type} and {b.Type}.", "Cast one of them.");
        }
    }

    /// <summary>A size known only when the graph runs, named by the op, result and axis it belongs to.</summary>
    public Dim Fresh(int output, int axis) => _builder.FreshSymbol(_op, output, axis);

    /// <summary>The size that a number <c>i64[]</c> of at least 0 decides: the same one for all ops that ask for the same number.</summary>
    public Dim SizeOf(Value number, int output, int axis) => number.Sizes is [var known] ? known : _builder.SizeOf(_op, number, output, axis);

    /// <summary>Whether the tensor's sizes are partly known only when the graph runs, so that what cannot be proved of them is left to the runtime.</summary>
    public bool IsDataDependent(Value operand) => operand.Type is TensorType { Shape: var shape } && (shape is null || shape.Any(_builder.IsDataDependent));

    /// <summary>An error about this op, naming it, its place and its operands' types.</summary>
    public TesseraException Error(string code, string message, string? hint = null) =>
        new(code, _source, $"{_op.Schema.Name}: {message}", hint);

    private string Operands() =>
        "Operands: " + string.Join(", ", _op.Operands.Select(static v => v is null ? "_" : v.Type.ToString())) + ".";
}
