using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Unbatching;

/// <summary>One op of a batched model, and what its operands are for one example.</summary>
internal sealed class UnbatchContext(Op op, IReadOnlyList<Carried?> operands, string batch, GraphBuilder builder)
{
    public Op Op { get; } = op;

    public IReadOnlyList<Carried?> Operands { get; } = operands;

    public GraphBuilder Builder { get; } = builder;

    /// <summary>The one-example value of an operand that is there.</summary>
    public Value this[int operand] => Operands[operand]!.Value!;

    public Shape ShapeOf(int operand) => Op.Operands[operand]!.Shape;

    public int RankOf(int operand) => ShapeOf(operand).Rank;

    /// <summary>An axis of the op's attributes, counted from the front.</summary>
    public static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    /// <summary>Emits at the place of the op.</summary>
    public Value Emit(Op op) => EmitAll(op)[0];

    /// <inheritdoc cref="Emit"/>
    public IReadOnlyList<Value> EmitAll(Op op)
    {
        // A number of examples that is no axis would be of the batch still.
        return op.DimOperands().Any(TellsOfBatch) ? throw Mixes("one of its sizes depends on how many examples there are") : Builder.EmitAll(op, Op.Outputs[0].Source);
    }

    /// <summary>Whether a size depends on how many examples there are.</summary>
    public bool TellsOfBatch(Dim dim) => dim.Symbols.Contains(batch);

    public bool TellsOfBatch(Shape shape) => shape.Any(TellsOfBatch);

    /// <summary>A size for one example.</summary>
    public Dim One(Dim dim) => dim.Substitute(s => s == batch ? Dim.One : null);

    /// <summary>The op with all its sizes for one example.</summary>
    public Op One(Op op) => OpRewriting.Substitute(op, s => s == batch ? Dim.One : null);

    /// <summary>Length of one example's part of an axis, where the axis is a multiple of the number of examples; null for any other.</summary>
    public Dim? Inner(Dim axis)
    {
        if (!TellsOfBatch(axis))
        {
            return null;
        }

        Dim inner = One(axis);
        return axis == Dim.Sym(batch) * inner ? inner : null;
    }

    /// <summary>A part for each example along an axis of the batched result.</summary>
    public static Carried Example(Value value, int axis, Dim inner) => new(value, CarriedKind.PerExample, axis, inner);

    /// <summary>The same shape without the axis of a value that carries examples, or with one example's part of it.</summary>
    public Shape Without(Shape batched, int axis, Dim inner) => inner == Dim.One
        ? [.. batched.RemoveAt(axis).Select(One)]
        : [.. batched.With(axis, inner).Select(One)];

    public Value Reshaped(Value value, Shape shape) => value.Shape.Equals(shape) ? value : Emit(new Reshape(value) { Shape = shape });

    /// <summary>An operand with an axis of size 1 where that of the examples was.</summary>
    public Value WithUnit(int operand)
    {
        Carried x = Operands[operand]!;
        return x.IsDropped ? Reshaped(x.Value!, x.Value!.Shape.Insert(x.Axis, Dim.One)) : x.Value!;
    }

    /// <summary>
    /// The results by the op itself on a batch of one, for an op that is known to treat examples apart: <paramref name="axes"/>
    /// tells where they lie in each result.
    /// </summary>
    public IReadOnlyList<Carried> OnOne(params ReadOnlySpan<int> axes)
    {
        Dim inner = Operands.First(static o => o is { IsShared: false })!.Inner;
        IReadOnlyList<Value> values = EmitAll(One(Op).WithOperands([.. Operands.Select((o, i) => o is null ? null : WithUnit(i))]));
        Carried[] results = new Carried[values.Count];
        for (int i = 0; i < results.Length; i++)
        {
            Value value = inner == Dim.One ? Reshaped(values[i], values[i].Shape.RemoveAt(axes[i])) : values[i];
            results[i] = Example(value, axes[i], inner);
        }

        return results;
    }

    /// <summary>Fails where an operand other than those listed differs by example.</summary>
    public void RequireShared(params int[] others)
    {
        for (int i = 0; i < Operands.Count; i++)
        {
            if (Operands[i] is { IsShared: false } && !others.Contains(i))
            {
                throw Mixes($"its operand {i + 1}, {ShapeOf(i)}, differs by example");
            }
        }
    }

    /// <summary>The error for an op that lets one example see another, or that is not known not to.</summary>
    public TesseraException Mixes(string reason) => new(
        "TSR0530",
        Op.Outputs[0].Source,
        $"{UnbatchPass.Describe(Op)} keeps the model from being packed: {reason}.",
        "Operands: " + string.Join(", ", Op.Operands.Select(static v => v?.Type.ToString() ?? "_")) + ".");
}
