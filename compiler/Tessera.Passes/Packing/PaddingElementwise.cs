using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>Elements by themselves: an example's own are what they are alone; those in padding follow from padding.</summary>
internal static class PaddingElementwise
{
    /// <summary>Why what is low where an example has tokens is no mask of its padding.</summary>
    public const string HidesItself = "the mask hides the example's own tokens: is it flags, or what is added, and which of the two values is padding?";

    // What hides stays far below every logit under the scales of attention, 1/√d.
    private const double LeastScale = 0.02;

    public static PaddingState Of(PaddingContext c)
    {
        RequireFlags(c);
        if (c.Op is Add && c.Operands.Any(static o => o is { OfMask: true, Uniform: { } own } && Fill.Known(own).IsLow))
        {
            throw c.Sees(HidesItself);
        }

        int rank = c.Result.Rank;
        double?[] uniform = [.. c.Operands.Select(static o => o!.Uniform)];
        double? all = uniform.All(static u => u is not null) ? Evaluate(c, [.. uniform.Select(static u => u!.Value)]) : null;
        PaddingState state = c.FilledWhole(axis => c.IsRagged(c.Result.Shape[axis]) ? Along(c, axis, rank) : Fill.Unknown) with
        {
            Uniform = all,
            Least = all ?? Least(c),
            IsRaw = all is not null && c.Operands.Any(static o => o!.IsRaw) && c.Op is (Cast { To: not DType.Bool } or Mul or Neg or Add or Sub),
        };
        return Same(c) is { } same ? state with { Uniform = state.Uniform ?? same.Uniform, Counts = same.Counts, CountsOn = same.CountsOn && c.Op is Cast, Length = same.Length, Least = state.Least ?? same.Least }
            : Shifted(c, state);
    }

    // Masks of documents in one row, or weights of tokens, are more than padding: they are compared with each other, or with other numbers.
    private static void RequireFlags(PaddingContext c)
    {
        if (c.Op is not (Equal or Less or LessOrEqual or Greater or GreaterOrEqual or Mod or Pow or Div))
        {
            return;
        }

        PaddingState? other = c[0].IsRaw ? c[1] : c[1].IsRaw ? c[0] : null;
        if (other is not null && !(other is { Uniform: >= 0 and <= 1, IsRaw: false }))
        {
            throw c.Sees("the mask carries more than padding: its numbers are compared with others than 0 and 1");
        }
    }

    // The operand that the result's own part equals: of a cast, of a choice, of x·1 and x + 0.
    private static PaddingState? Same(PaddingContext c) => c.Op switch
    {
        Cast { To: DType.I32 or DType.I64 or DType.F32 or DType.F64, X.DType: DType.I32 or DType.I64 or DType.F32 or DType.F64 } => c[0],
        Where when c[0].Uniform is { } chosen => At(c, chosen != 0 ? 1 : 2),
        Mul when c[1].Uniform == 1 => At(c, 0),
        Mul when c[0].Uniform == 1 => At(c, 1),
        _ => null,
    };

    // An operand in the axes of the result.
    private static PaddingState At(PaddingContext c, int operand) => c[operand] with
    {
        Counts = c[operand].Counts is var (axis, first) ? (axis + c.Result.Rank - c.ShapeOf(operand).Rank, first) : null,
    };

    private static PaddingState Shifted(PaddingContext c, PaddingState state)
    {
        if (c.Op is not (Add or Sub))
        {
            return state;
        }

        int moved = c[1].Uniform is not null ? 0 : c[0].Uniform is not null && c.Op is Add ? 1 : -1;
        if (moved < 0 || c[1 - moved].Uniform is not { } by || by != Math.Floor(by))
        {
            return state;
        }

        long shift = (long)(c.Op is Sub ? -by : by);
        PaddingState at = At(c, moved);
        return state with
        {
            Counts = at.Counts is var (axis, first) ? (axis, first + shift) : null,
            CountsOn = at.CountsOn,
            Length = at.Length is { } length ? length + shift : null,
            Least = state.Least ?? at.Least + shift,
        };
    }

    private static double? Least(PaddingContext c) => c.Op switch
    {
        Cast { X.DType: DType.Bool } => 0,
        Cast { To: var to } cast when to.IsInteger() && !cast.X.DType.IsFloat() => c[0].Least,
        Abs or Sigmoid or Relu or Exp => 0,
        Max => c[0].Least is { } a ? Math.Max(a, c[1].Least ?? a) : c[1].Least,
        _ => null,
    };

    private static Fill Along(PaddingContext c, int axis, int rank)
    {
        Fill[] fills = [.. Enumerable.Range(0, c.Operands.Count).Select(i => OperandAlong(c, i, axis - (rank - c.ShapeOf(i).Rank)))];
        if (fills.All(static f => f.Number is not null) && Evaluate(c, [.. fills.Select(static f => f.Number!.Value)]) is { } number)
        {
            return Fill.Known(number) with { IsEverywhere = fills.All(static f => f.IsEverywhere) || Settled(c, fills) is { IsEverywhere: true } };
        }

        return c.Op switch
        {
            Mul or And or Or when Settled(c, fills) is { } settled => settled,
            Where when fills[0].Number is { } chosen => Taken(fills[0], fills[chosen != 0 ? 1 : 2]),
            Where when fills[1].IsLow && fills[2].IsLow => Fill.Low,
            Add or Min when fills[0].IsLow || fills[1].IsLow => Fill.Low,
            Sub when fills[0].IsLow && !fills[1].IsLow => Fill.Low,
            Mul when (fills[0].IsLow && fills[1].Number >= LeastScale) || (fills[1].IsLow && fills[0].Number >= LeastScale) => Fill.Low,
            Div when fills[0].IsLow && fills[1].Number is > 0 and <= 1 / LeastScale => Fill.Low,
            Cast { To: var to } when fills[0].IsLow && to.IsFloat() => Fill.Low,
            _ => Compared(c, axis, rank),
        };
    }

    // What one operand settles, whatever the other is; a product with what is infinite in the other's padding would be none.
    private static Fill? Settled(PaddingContext c, Fill[] fills)
    {
        double number = c.Op is Or ? 1 : 0;
        bool Finite(int operand) => c.Op is not Mul || !c[operand].Fills.Any(static f => f.Number is { } n && !double.IsFinite(n));
        return c.Op is not (Mul or And or Or) || (!fills[0].Is(number) && !fills[1].Is(number)) ? null
            : Fill.Known(number) with { IsEverywhere = Enumerable.Range(0, 2).Any(i => fills[i].Is(number) && fills[i].IsEverywhere && Finite(1 - i)) };
    }

    private static Fill Taken(Fill condition, Fill taken) => taken with { IsEverywhere = taken.IsEverywhere && condition.IsEverywhere };

    // What is broadcast along the axis is in padding what it is elsewhere.
    private static Fill OperandAlong(PaddingContext c, int operand, int own) =>
        own >= 0 && c.ShapeOf(operand)[own] != Dim.One ? c.FillOf(operand, own) : c.SpreadOf(operand);

    // Positions of keys against positions of queries: padding comes behind every token.
    private static Fill Compared(PaddingContext c, int axis, int rank)
    {
        if (c.Op is not (Less or LessOrEqual or Greater or GreaterOrEqual) || At(c, 0).Counts is not var (a, fromA) || At(c, 1).Counts is not var (b, fromB)
            || a == b || c.Result.Shape[a] != c.Result.Shape[b] || !c[axis == a ? 0 : 1].CountsOn)
        {
            return Fill.Unknown;
        }

        // More − less is at least 1 plus how much further more begins.
        bool firstIsMore = axis == a;
        if (!firstIsMore && axis != b)
        {
            return Fill.Unknown;
        }

        long margin = 1 + (firstIsMore ? fromA - fromB : fromB - fromA);
        bool strict = margin >= 1;
        return c.Op switch
        {
            Greater or LessOrEqual when strict => Fill.Known(c.Op is Greater == firstIsMore ? 1 : 0),
            Less or GreaterOrEqual when strict => Fill.Known(c.Op is GreaterOrEqual == firstIsMore ? 1 : 0),
            _ => Fill.Unknown,
        };
    }

    // The op on single numbers, as a runtime rounds them; null where it has no result.
    private static double? Evaluate(PaddingContext c, double[] numbers)
    {
        GraphBuilder g = new();
        Value[] values = new Value[numbers.Length];
        Dictionary<string, RefValue> inputs = [];
        for (int i = 0; i < numbers.Length; i++)
        {
            DType dtype = c.Op.Operands[i]!.DType;
            if (dtype is not (DType.Bool or DType.F16 or DType.BF16 or DType.F32 or DType.F64) && !dtype.IsInteger())
            {
                return null;
            }

            values[i] = g.Input($"x{i}", new TensorType(dtype, []));
            inputs[$"x{i}"] = dtype == DType.Bool ? RefTensor.Bools([], [numbers[i] != 0])
                : dtype.IsFloat() ? RefTensor.Floats(dtype, [], [numbers[i]])
                : RefTensor.Ints(dtype, [], [(long)numbers[i]]);
        }

        try
        {
            Graph alone = new() { Name = "number", Builder = g, Inputs = values, Outputs = [new GraphOutput("y", g.Emit(c.Op.WithOperands(values)))] };
            return Evaluator.Run(alone, inputs, rounds: true)[0] is RefTensor { DType: not DType.String } result
                ? result.DType == DType.Bool ? (result.B[0] ? 1 : 0) : result.Number(0)
                : null;
        }
        catch (TesseraException error) when (error.Code == "TSR0301")
        {
            // A division of integers by 0 has no result.
            return null;
        }
    }
}
