using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// What flags over pairs of tokens say of positions: causality, how far back and ahead a query sees (−1 for no bound), and the
/// flags that say something else.
/// </summary>
internal sealed record PositionFlags(bool Causal, long Left, long Right, Value? Rest)
{
    private const int MostTerms = 8;

    /// <summary>Null where they say nothing of positions.</summary>
    public static PositionFlags? Of(Value flags, Dim n, Dim m, RewriteContext context)
    {
        if (flags.Op is Reshape or Expand && Positions.KeepsPairs(flags, context))
        {
            return Of(flags.Producer.Operands[0]!, n, m, context) is { Rest: null } inside ? inside : null;
        }

        PositionFlags found = new(false, -1, -1, null);
        foreach (Value term in Terms(flags, context))
        {
            found = found.With(term, n, m, context);
        }

        return found is { Causal: false, Left: < 0, Right: < 0 } ? null : found;
    }

    /// <summary>The op with what was found in place of flags.</summary>
    public Attention On(Attention op) => op with { Causal = Causal, WindowLeft = Left, WindowRight = Right };

    private PositionFlags With(Value term, Dim n, Dim m, RewriteContext context)
    {
        if (!Causal && Positions.IsCausal(term, n, m, context))
        {
            return this with { Causal = true };
        }

        (long left, long right) = Positions.IsAllPairs(term, n, m, context) ? Reach(term) : (-1, -1);
        return (left < 0 && right < 0) || (left >= 0 && Left >= 0) || (right >= 0 && Right >= 0)
            ? this with { Rest = Rest is null ? term : context.Emit(new And(Rest, term)) }
            : this with { Left = Math.Max(Left, left), Right = Math.Max(Right, right) };
    }

    // Flags that all have to be true.
    private static IReadOnlyList<Value> Terms(Value flags, RewriteContext context)
    {
        List<Value> terms = [];
        Stack<Value> stack = new([flags]);
        while (stack.TryPop(out Value? value))
        {
            switch (value.Op)
            {
                case And both when terms.Count + stack.Count < MostTerms:
                    stack.Push(both.B);
                    stack.Push(both.A);
                    break;
                case Not { X.Op: Or either } when terms.Count + stack.Count < MostTerms:
                    stack.Push(context.Emit(new Not(either.B)));
                    stack.Push(context.Emit(new Not(either.A)));
                    break;
                default:
                    terms.Add(value);
                    break;
            }
        }

        return terms;
    }

    // How far back and ahead the flags let a query see: i − j ≤ left, j − i ≤ right; below 0 for what they do not bound.
    private static (long Left, long Right) Reach(Value flags) => flags.Op switch
    {
        LessOrEqual { A: var a, B: var b } => Reach(b, a, 0, flags),
        GreaterOrEqual { A: var a, B: var b } => Reach(a, b, 0, flags),
        Less { A: var a, B: var b } => Reach(b, a, 1, flags),
        Greater { A: var a, B: var b } => Reach(a, b, 1, flags),
        Not { X.Op: LessOrEqual { A: var a, B: var b } } => Reach(a, b, 1, flags),
        Not { X.Op: GreaterOrEqual { A: var a, B: var b } } => Reach(b, a, 1, flags),
        Not { X.Op: Less { A: var a, B: var b } } => Reach(a, b, 0, flags),
        Not { X.Op: Greater { A: var a, B: var b } } => Reach(b, a, 0, flags),
        _ => (-1, -1),
    };

    // Of more − less ≥ least.
    private static (long Left, long Right) Reach(Value more, Value less, long least, Value whole)
    {
        if (less.Op is Abs { X: var off } && Index.Of(off, whole.Rank) is { } either && Index.Of(more, whole.Rank) is { Rows: 0, Columns: 0, Offset: var bound }
            && (either == Index.Behind(0) || either == new Index(-1, 1, 0)))
        {
            return (bound - least, bound - least);
        }

        return Index.Difference(more, less, whole) switch
        {
            (1, -1, var offset) when offset >= least => (-1, offset - least),
            (-1, 1, var offset) when offset >= least => (offset - least, -1),
            _ => (-1, -1),
        };
    }
}
