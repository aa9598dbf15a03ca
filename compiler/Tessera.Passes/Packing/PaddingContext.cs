using Tessera.Ir;
using Tessera.Passes.Unbatching;

namespace Tessera.Passes.Packing;

/// <summary>One op of the model of a padded example, and what is known of its operands.</summary>
internal sealed class PaddingContext(Op op, IReadOnlyList<PaddingState?> operands, IReadOnlySet<string> ragged, DimFacts facts)
{
    public Op Op { get; } = op;

    public IReadOnlyList<PaddingState?> Operands { get; } = operands;

    public DimFacts Facts { get; } = facts;

    public PaddingState this[int operand] => Operands[operand]!;

    public Value Result => Op.Outputs[0];

    public Shape ShapeOf(int operand) => Op.Operands[operand]!.Shape;

    public bool IsRagged(Dim dim) => dim.Symbols.Any(ragged.Contains);

    /// <summary>Whether an axis of an operand depends on the length.</summary>
    public bool IsRagged(int operand, int axis) => IsRagged(ShapeOf(operand)[axis]);

    public bool HasRagged(Value? value) => value?.Type is TensorType { Shape: { } shape } && shape.Any(IsRagged);

    public IEnumerable<int> RaggedAxes(Shape shape) => Enumerable.Range(0, shape.Rank).Where(a => IsRagged(shape[a]));

    /// <summary>What an operand holds behind along an axis; where no other axis is padded, there are no corners.</summary>
    public Fill FillOf(int operand, int axis)
    {
        Fill fill = this[operand].Fills[axis];
        return fill with { IsEverywhere = fill.IsEverywhere || RaggedAxes(ShapeOf(operand)).All(a => a == axis) };
    }

    /// <summary>What an operand holds behind along an axis that it does not have: what it is itself, in its own padding too where that is the same.</summary>
    public Fill SpreadOf(int operand) => this[operand].Uniform is not { } uniform ? Fill.Unknown
        : Fill.Known(uniform) with { IsEverywhere = RaggedAxes(ShapeOf(operand)).All(a => FillOf(operand, a) is { IsEverywhere: true } fill && fill.Is(uniform)) };

    public static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    /// <summary>A result of which nothing is known but that its own part is right.</summary>
    public PaddingState Plain(int output = 0) => PaddingState.Of(Op.Outputs[output]) with { OfMask = Operands.Any(static o => o is { OfMask: true }) };

    /// <summary>The same with what is known along axes, of corners nothing.</summary>
    public PaddingState Filled(Func<int, Fill> along, int output = 0) => FilledWhole(axis => along(axis) with { IsEverywhere = false }, output);

    /// <summary>The same with what is known along axes and in corners.</summary>
    public PaddingState FilledWhole(Func<int, Fill> along, int output = 0) =>
        Plain(output) with { Fills = [.. Enumerable.Range(0, Op.Outputs[output].Rank).Select(along)] };

    /// <summary>The error for an op whose own part of the result would differ from what it is without padding.</summary>
    public TesseraException Sees(string reason) => new(
        "TSR0533",
        Op.Outputs[0].Source,
        $"{UnbatchPass.Describe(Op)} keeps the model from being packed: {reason}.",
        "Operands: " + string.Join(", ", Op.Operands.Select(static v => v?.Type.ToString() ?? "_")) + ".");
}
