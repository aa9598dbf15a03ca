using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Reads the body of a Scan with one state <c>S[B, G, d, e]</c> as a step of linear attention: <c>S′ = S·e^decay + k ⊗ u</c>,
/// where u is v or <c>β·(v − (S·e^decay)ᵀk)</c>, and the result <c>s·qᵀS′</c>. Products are matrix products, or elementwise ones,
/// summed where they have to be; slices may be reshaped and widened anywhere.
/// </summary>
internal sealed class LinearStepMatcher
{
    private readonly Scan _scan;
    private readonly RewriteContext _context;
    private readonly Value _state;
    private readonly Dim _batch;
    private readonly Dim _heads;
    private readonly Dim _size;
    private readonly Dim _value;

    /// <param name="scan">With one state of rank 4.</param>
    /// <param name="context">Of the rewrite.</param>
    public LinearStepMatcher(Scan scan, RewriteContext context)
    {
        (_scan, _context, _state) = (scan, context, scan.Body.Parameters[0]);
        (_batch, _heads, _size, _value) = (_state.Shape[0], _state.Shape[1], _state.Shape[2], _state.Shape[3]);
    }

    /// <summary>Why there was no match, where the state is updated as that of linear attention is.</summary>
    public string? Reason { get; private set; }

    /// <summary>Null where the body computes anything else.</summary>
    public LinearStep? Match() => _scan.Body.Results[0].Op is Add sum
        && (Updated(sum.A, sum.B) ?? Updated(sum.B, sum.A)) is { } step
        ? Read(step, _scan.Body.Results[1])
        : null;

    // S·e^decay + k ⊗ u
    private LinearStep? Updated(Value kept, Value added)
    {
        (Value column, Value row) = added.Op switch
        {
            MatMul product => (product.A, product.B),
            Mul { A: var a, B: var b } => Has(a, [_batch, _heads, _size, Dim.One]) ? (a, b) : (b, a),
            _ => (added, added),
        };
        int k = Slice(column, [_batch, _heads, _size, Dim.One]);
        if (k < 0 || !Has(row, [_batch, _heads, Dim.One, _value]) || Decayed(kept, k) is not { } step)
        {
            return null;
        }

        return Slice(row, row.Shape) is >= 0 and var v ? step with { V = v } : Corrected(step, kept, Unshaped(row));
    }

    private LinearStep? Decayed(Value kept, int k)
    {
        LinearStep step = new() { K = k, V = -1 };
        return ReferenceEquals(kept, _state) ? step
            : kept.Op is not Mul mul ? null
            : ReferenceEquals(mul.A, _state) ? Gated(step, mul.B)
            : ReferenceEquals(mul.B, _state) ? Gated(step, mul.A)
            : null;
    }

    private LinearStep? Gated(LinearStep step, Value factor)
    {
        if (Unshaped(factor).Op is not Exp exp)
        {
            return null;
        }

        foreach (Dim width in new[] { _size, Dim.One })
        {
            if (Has(factor, [_batch, _heads, width, Dim.One]) && Slice(exp.X, exp.X.Shape) is >= 0 and var decay)
            {
                return step with { Decay = decay, DecayWidth = width };
            }
        }

        return null;
    }

    // β·(v − Sᵀk), over [B, G, e] with axes of size 1 among or behind.
    private LinearStep? Corrected(LinearStep step, Value kept, Value update)
    {
        if (update.Op is not Mul mul || !Over(update.Shape, _value))
        {
            return null;
        }

        foreach ((Value beta, Value rest) in new[] { (mul.A, mul.B), (mul.B, mul.A) })
        {
            if (rest.Op is Sub { A: var given, B: var found } && Has(rest, update.Shape)
                && Slice(given, update.Shape) is >= 0 and var v
                && IsFound(found, kept, step.K)
                && beta.Rank == update.Rank && Slice(beta, beta.Shape) is >= 0 and var rate
                && _context.Equal(beta.Shape[0], _batch) && beta.Shape.Skip(2).All(static d => d == Dim.One)
                && (beta.Shape[1] == Dim.One || _context.Equal(beta.Shape[1], _heads)))
            {
                return step with { V = v, Beta = rate, BetaByHead = beta.Shape[1] != Dim.One || _heads == Dim.One };
            }
        }

        return null;
    }

    // What the state holds under k: Sᵀk.
    private bool IsFound(Value found, Value kept, int k) => Over(found.Shape, _value) && Unshaped(found).Op switch
    {
        MatMul { A: var a, B: var b } => (ReferenceEquals(b, kept) && Has(a, [_batch, _heads, Dim.One, _size]) && Slice(a, a.Shape) == k)
            || (IsTransposed(a, kept) && Has(b, [_batch, _heads, _size, Dim.One]) && Slice(b, b.Shape) == k),
        ReduceSum sum when SummedOver(sum, kept) is { } column => Slice(column, column.Shape) == k,
        _ => false,
    };

    // x in Σ over features of S · x.
    private Value? SummedOver(ReduceSum sum, Value kept) => sum is { X.Op: Mul mul, Axes: [2 or -2] }
        && (ReferenceEquals(mul.A, kept) ? mul.B : ReferenceEquals(mul.B, kept) ? mul.A : null) is { } column
        && Has(column, [_batch, _heads, _size, Dim.One])
        ? column
        : null;

    private bool IsTransposed(Value value, Value of) => value.Op switch
    {
        Transpose { Perm: [0, 1, 3, 2], X: var x } => ReferenceEquals(x, of),
        Reshape { X: var x } => ReferenceEquals(x, of) && (_size == Dim.One || _value == Dim.One) && Has(value, [_batch, _heads, _value, _size]),
        _ => false,
    };

    // s · qᵀS′, reshaped and rounded at will.
    private LinearStep? Read(LinearStep step, Value result)
    {
        Value value = result.Op is Cast cast ? cast.X : result;
        (value, double scale) = Unscaled(value);
        (Value Q, Value State)? product = value.Op switch
        {
            MatMul { A: var a, B: var b } => (a, b),
            ReduceSum sum when SummedOver(sum, _scan.Body.Results[0]) is { } column => (column, _scan.Body.Results[0]),
            _ => null,
        };
        if (product is not var (read, state) || Heads(read, state, value.Op is ReduceSum) is not { } group)
        {
            Reason = "what it gives is not the product of a query and the new state";
            return null;
        }

        (Value q, double onQ) = Unscaled(read);
        return Slice(q, q.Shape) is >= 0 and var query ? step with { Q = query, Group = group, Scale = scale * onQ } : null;
    }

    // How many queries read the state of one key head; null where they do not.
    private long? Heads(Value q, Value state, bool summed)
    {
        Value next = _scan.Body.Results[0];
        Dim heads = q.Rank > 2 ? q.Shape[1] : Dim.One;
        return summed ? 1
            : ReferenceEquals(state, next) && q.Rank == 4 && _context.Equal(q.Shape[1], _heads) && Has(q, [_batch, _heads, q.Shape[2], _size]) ? q.Shape[2].ConstValue
            : q.Rank == 5 && Has(state, [_batch, _heads, Dim.One, _size, _value]) && IsNext(state)
                && Has(q, [_batch, _heads, q.Shape[2], Dim.One, _size]) ? q.Shape[2].ConstValue
            : heads.ConstValue is { } all && _heads.ConstValue is { } shared && all % shared == 0 && Has(q, [_batch, heads, Dim.One, _size])
                && IsRepeated(state, all / shared) ? all / shared
            : null;
    }

    // [B, G, d, e] as [B, G·r, d, e], each head r times after itself; one head may be broadcast.
    private bool IsRepeated(Value state, long times) => state.Op switch
    {
        _ when _heads == Dim.One && IsNext(state) => Has(state, _state.Shape),
        Expand { X: var x } when _heads == Dim.One => IsNext(x) && Has(x, _state.Shape),
        Reshape { X: { Op: Expand { X: var once } } spread } => Has(spread, [_batch, _heads, times, _size, _value])
            && Has(once, [_batch, _heads, Dim.One, _size, _value]) && IsNext(once),
        Reshape { X: { Op: Tile { X: var once } } spread } => Has(spread, [_batch, _heads, times, _size, _value])
            && Has(once, [_batch, _heads, Dim.One, _size, _value]) && IsNext(once),
        _ => false,
    };

    private bool IsNext(Value value) => ReferenceEquals(Unshaped(value), _scan.Body.Results[0]);

    // Numbers, and captures that are one.
    private (Value Value, double Scale) Unscaled(Value value)
    {
        double scale = 1;
        while (true)
        {
            switch (value.Op)
            {
                case Reshape reshape:
                    value = reshape.X;
                    break;
                case Mul { A: var x, B: var c } when x.Rank >= c.Rank && IsNumber(c, out double by):
                    (value, scale) = (x, scale * by);
                    break;
                case Mul { A: var c, B: var x } when x.Rank >= c.Rank && IsNumber(c, out double by):
                    (value, scale) = (x, scale * by);
                    break;
                default:
                    return (value, scale);
            }
        }
    }

    private bool IsNumber(Value value, out double number)
    {
        Value outside = Parameter(value) is var at && at >= _scan.Carried ? _scan.Values[at] : value;
        number = 0;
        return value.Shape.NumElements == Dim.One && Numbers.IsSplat(outside, out number);
    }

    /// <summary>The slice that a value of this shape is, reshaped or widened; −1 where it is none.</summary>
    private int Slice(Value value, Shape shape)
    {
        if (!Has(value, shape))
        {
            return -1;
        }

        while (value.Op is Reshape or Cast)
        {
            if (value.Op is Cast cast && !Numbers.Widens(cast))
            {
                return -1;
            }

            value = value.Producer.Operands[0]!;
        }

        return Parameter(value) is > 0 and var at && at < _scan.Carried ? at : -1;
    }

    private int Parameter(Value value)
    {
        int at = _scan.Body.Parameters.Count - 1;
        while (at >= 0 && !ReferenceEquals(_scan.Body.Parameters[at], value))
        {
            at--;
        }

        return at;
    }

    // [B, G, n], an axis of size 1 perhaps in front of n or behind it.
    private bool Over(Shape shape, Dim size) => _context.Equal(shape, [_batch, _heads, size])
        || _context.Equal(shape, [_batch, _heads, Dim.One, size]) || _context.Equal(shape, [_batch, _heads, size, Dim.One]);

    private bool Has(Value value, Shape shape) => value.Type is TensorType { Shape: { } own } && _context.Equal(own, shape);

    private static Value Unshaped(Value value)
    {
        while (value.Op is Reshape reshape)
        {
            value = reshape.X;
        }

        return value;
    }
}
