using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>Masks that follow from positions alone  →  causality (key j is visible to query i only if j ≤ i) and windows.</summary>
internal static class Positions
{
    private const long MostElements = 1 << 20;

    /// <summary>The op with flags, or a term of its mask, taken as causality or a window; unchanged where none is.</summary>
    public static Attention Take(Attention op, RewriteContext context)
    {
        (Dim n, Dim m) = (op.Q.Shape[op.Q.Rank - 3], op.K.Shape[op.K.Rank - 3]);
        if (op.Visible is not null)
        {
            return PositionFlags.Of(op.Visible, n, m, context) is { } positions ? positions.On(op) with { Visible = positions.Rest } : op;
        }

        List<Value> terms = op.Mask is null ? [] : [.. Terms(op.Mask)];
        for (int i = 0; i < terms.Count; i++)
        {
            // An attribute of f32 holds the number: f64 would notice any rounding.
            if (Hidden(terms[i], n, m, context) is var (flags, fill) && (op.Q.DType != DType.F64 || new Real(fill).Value.Equals(fill)))
            {
                Value? rest = terms.Where((_, other) => other != i).Aggregate((Value?)null, (sum, term) => sum is null ? term : context.Emit(new Add(sum, term)));
                return flags.On(op) with { Mask = rest, Hiding = Hiding.Added, Fill = fill };
            }
        }

        return op;
    }

    // What a term lets queries see, and the number that it adds elsewhere.
    private static (PositionFlags Flags, double Fill)? Hidden(Value term, Dim n, Dim m, RewriteContext context) =>
        Addend(term, n, m, context) is { } causal ? (new PositionFlags(true, -1, -1, null), causal) : Window(term, n, m, context);

    private static (PositionFlags Flags, double Fill)? Window(Value term, Dim n, Dim m, RewriteContext context)
    {
        (Value Flags, double Fill)? choice = term.Op switch
        {
            Where where when Numbers.IsZero(where.X) && Numbers.IsSplat(where.Y, out double fill) && fill < 0 => (where.Condition, fill),
            Where where when Numbers.IsZero(where.Y) && Numbers.IsSplat(where.X, out double fill) && fill < 0 => (context.Emit(new Not(where.Condition)), fill),
            _ => null,
        };
        return choice is var (flags, hides) ? PositionFlags.Of(flags, n, m, context) is { Rest: null } seen ? (seen, hides) : null
            : (term.Op is Reshape or Expand && KeepsPairs(term, context)) || term.Op is Cast { } cast && Numbers.Widens(cast) ? Window(term.Producer.Operands[0]!, n, m, context)
            : null;
    }

    /// <summary>What a mask is the sum of, but zeros.</summary>
    public static IEnumerable<Value> Terms(Value mask)
    {
        Stack<Value> stack = new([mask]);
        while (stack.TryPop(out Value? value))
        {
            if (value.Op is Add sum)
            {
                stack.Push(sum.B);
                stack.Push(sum.A);
            }
            else if (!Numbers.IsZero(value))
            {
                yield return value;
            }
        }
    }

    // The number that is added where j > i, if 0 is elsewhere.
    private static double? Addend(Value term, Dim n, Dim m, RewriteContext context) => term.Op switch
    {
        Reshape or Expand when KeepsPairs(term, context) => Addend(term.Producer.Operands[0]!, n, m, context),
        Cast cast when Numbers.Widens(cast) => Addend(cast.X, n, m, context),
        Where where when Numbers.IsZero(where.X) && Numbers.IsSplat(where.Y, out double fill) && fill < 0 && IsCausal(where.Condition, n, m, context) => fill,
        Where where when Numbers.IsZero(where.Y) && Numbers.IsSplat(where.X, out double fill) && fill < 0 && IsAhead(where.Condition, n, m, context) => fill,
        Mul { A: var full, B: var flags } when (Ahead(full, flags, n, m, context) ?? Ahead(flags, full, n, m, context)) is { } fill => fill,
        Trilu { Upper: true, Diagonal: 1 } triangle when Numbers.IsSplat(triangle.X, out double fill) && fill < 0 && IsAllPairs(term, n, m, context) => fill,
        Constant constant when IsAllPairs(term, n, m, context) => OfConstant(constant.Value),
        Slice when Corner(term, context) is { } whole && IsCorner(term, whole, n, m, context) => OfConstant(whole.Value),
        _ => null,
    };

    // f · flags, where the flags are true for j > i, and so is the number f itself, or f is everywhere.
    private static double? Ahead(Value full, Value flags, Dim n, Dim m, RewriteContext context) =>
        flags.Op is Cast { X: { DType: DType.Bool } ahead } && IsAhead(ahead, n, m, context)
        && (Numbers.IsSplat(full, out double number) ? number : Addend(full, n, m, context)) is { } fill && fill < 0 && double.IsFinite(fill) ? fill : null;

    private static double? OfConstant(TensorContent content)
    {
        if (content.Count > MostElements || !content.DType.IsFloat() || content.DType.Bits() < 16)
        {
            return null;
        }

        RefTensor mask = RefTensors.FromContent(content);
        double fill = mask.F.Length > 1 ? mask.F[1] : 0;
        return fill < 0 && IsTriangle(i => mask.F[i] == 0, i => mask.F[i] == fill, content.Dims[^2], content.Dims[^1]) ? fill : null;
    }

    /// <summary>Whether flags are true where j ≤ i.</summary>
    public static bool IsCausal(Value flags, Dim n, Dim m, RewriteContext context) => flags.Op switch
    {
        Reshape or Expand when KeepsPairs(flags, context) => IsCausal(flags.Producer.Operands[0]!, n, m, context),
        Not not => IsAhead(not.X, n, m, context),
        Slice => Corner(flags, context) is { Value.DType: DType.Bool } whole && IsCorner(flags, whole, n, m, context) && IsTriangle(whole),
        _ => IsAllPairs(flags, n, m, context) && IsUpTo(flags, n, m),
    };

    private static bool IsUpTo(Value flags, Dim n, Dim m) => flags.Op switch
    {
        Cast { To: DType.Bool, X.Op: Trilu { Upper: false, Diagonal: 0 } triangle } => IsTrue(triangle.X),
        Trilu { Upper: false, Diagonal: 0 } triangle => IsTrue(triangle.X),
        Constant { Value: { DType: DType.Bool, Count: <= MostElements } content }
            => RefTensors.FromContent(content).B is var b && IsTriangle(i => b[i], i => !b[i], content.Dims[^2], content.Dims[^1]),
        LessOrEqual { A: var a, B: var b } => Index.Difference(b, a, flags) == Index.Behind(0),
        GreaterOrEqual { A: var a, B: var b } => Index.Difference(a, b, flags) == Index.Behind(0),
        Less { A: var a, B: var b } => Index.Difference(b, a, flags) == Index.Behind(1),
        Greater { A: var a, B: var b } => Index.Difference(a, b, flags) == Index.Behind(1),
        _ => false,
    };

    // Flags that are true where j > i.
    private static bool IsAhead(Value flags, Dim n, Dim m, RewriteContext context) => flags.Op switch
    {
        Reshape or Expand when KeepsPairs(flags, context) => IsAhead(flags.Producer.Operands[0]!, n, m, context),
        Not not => IsCausal(not.X, n, m, context),
        _ => IsAllPairs(flags, n, m, context) && IsBeyond(flags, n, m),
    };

    private static bool IsBeyond(Value flags, Dim n, Dim m) => flags.Op switch
    {
        Cast { To: DType.Bool, X.Op: Trilu { Upper: true, Diagonal: 1 } triangle } => IsTrue(triangle.X),
        Trilu { Upper: true, Diagonal: 1 } triangle => IsTrue(triangle.X),
        Constant { Value: { DType: DType.Bool, Count: <= MostElements } content }
            => RefTensors.FromContent(content).B is var b && IsTriangle(i => !b[i], i => b[i], content.Dims[^2], content.Dims[^1]),
        Less { A: var a, B: var b } => Index.Difference(a, b, flags) == Index.Behind(0),
        Greater { A: var a, B: var b } => Index.Difference(b, a, flags) == Index.Behind(0),
        LessOrEqual { A: var a, B: var b } => Index.Difference(a, b, flags) == Index.Behind(1),
        GreaterOrEqual { A: var a, B: var b } => Index.Difference(b, a, flags) == Index.Behind(1),
        _ => false,
    };

    // A constant of which the first rows and columns are taken: the triangle for the longest sequence, cut to size.
    private static Constant? Corner(Value value, RewriteContext context)
    {
        while (value.Op is Slice { X: { Rank: >= 2 } x } slice && slice.Starts.All(static s => s == 0) && slice.Steps.All(static s => s == 1)
            && context.Equal([.. x.Shape.SkipLast(2)], [.. value.Shape.SkipLast(2)]))
        {
            value = x;
        }

        return value.Op as Constant;
    }

    // Where it is cut to fewer than there are tokens, it broadcasts with nothing, and the model fails.
    private static bool IsCorner(Value cut, Constant whole, Dim n, Dim m, RewriteContext context)
    {
        Shape full = whole.Outputs[0].Shape;
        bool Reaches(int fromEnd, Dim tokens) => context.Equal(cut.Shape[cut.Rank - fromEnd], tokens)
            || (full[full.Rank - fromEnd].ConstValue >= 2 && context.Equal(cut.Shape[cut.Rank - fromEnd], Dim.Min(tokens, full[full.Rank - fromEnd])));
        return full.SkipLast(2).All(static d => d == Dim.One) && Reaches(2, n) && Reaches(1, m);
    }

    private static bool IsTriangle(Constant whole) => whole.Value is { Count: <= MostElements } content
        && RefTensors.FromContent(content).B is var b && IsTriangle(i => b[i], i => !b[i], content.Dims[^2], content.Dims[^1]);

    private static bool IsTrue(Value flags) => Numbers.IsSplat(flags, out double number) ? number != 0
        : flags.Op is Constant { Value: { DType: DType.Bool, Count: <= MostElements } content } && RefTensors.FromContent(content).B.All(static b => b);

    private static bool IsTriangle(Func<int, bool> seen, Func<int, bool> hidden, long rows, long columns) =>
        Enumerable.Range(0, (int)(rows * columns)).All(at => at % columns <= at / columns ? seen(at) : hidden(at));

    /// <summary>Whether there is one flag for each pair of tokens, the same for all heads and examples.</summary>
    public static bool IsAllPairs(Value x, Dim n, Dim m, RewriteContext context) => x.Rank >= 2
        && context.Equal(x.Shape[x.Rank - 2], n) && context.Equal(x.Shape[x.Rank - 1], m) && x.Shape.SkipLast(2).All(static d => d == Dim.One);

    /// <summary>Whether a reshape or an expansion leaves the pairs of tokens alone. What is beneath is the same for all heads and examples, or is not found.</summary>
    public static bool KeepsPairs(Value moved, RewriteContext context) => moved.Producer.Operands[0] is { Rank: >= 2 } x && moved.Rank >= 2
        && context.Equal(x.Shape[x.Rank - 2], moved.Shape[moved.Rank - 2]) && context.Equal(x.Shape[x.Rank - 1], moved.Shape[moved.Rank - 1]);
}
