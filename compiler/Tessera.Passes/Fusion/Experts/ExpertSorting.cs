using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>Assignments in the order of their experts: the sort of <c>ids[T, k]</c>, one after another, from the lowest.</summary>
/// <param name="Sort">Its values are the sorted ids, its indices which assignment stands at each place.</param>
/// <param name="Ids">The ids, a row for each token.</param>
internal sealed record ExpertSorting(TopK Sort, Value Ids)
{
    private const int Deepest = 8;

    /// <summary>Ids in their order.</summary>
    public Value Sorted => Sort.Outputs[0];

    /// <summary>Which assignment stands at each place: a permutation of all.</summary>
    public Value Order => Sort.Outputs[1];

    public Dim Count => Order.Shape[0];

    /// <summary>Experts of each token.</summary>
    public long? K => Ids.Shape[^1].ConstValue;

    /// <summary>The sort whose permutation a value is.</summary>
    public static ExpertSorting? Of(Value order, RewriteContext context)
    {
        order = Bare(order, context);
        return order.Index == 1 && order.Producer is TopK { Largest: false, Axis: 0 or -1, X: { Rank: 1 } flat } sort && flat.DType.IsInteger()
            && context.Equal(sort.K, flat.Shape[0]) && Root(flat) is { Rank: > 1 } ids && context.Equal(ids.Shape.NumElements, flat.Shape[0])
            ? new ExpertSorting(sort, ids)
            : null;
    }

    /// <summary>The sort by which a value tells the token at each place: that of <c>order ÷ k</c>.</summary>
    public static ExpertSorting? OfTokens(Value token, RewriteContext context)
    {
        token = Bare(token, context);
        return token.Op switch
        {
            Div { A: var order, B: var by } when token.DType.IsInteger() && GateMatcher.Single(by) is { } k && Of(order, context) is { } sort && sort.K == k => sort,
            Gather { Axis: 0, Data: { Rank: 1 } tokens, Indices: var order } when Of(order, context) is { } sort && sort.AreTokens(tokens, context) => sort,
            _ => Of(token, context) is { K: 1 } sort ? sort : null,
        };
    }

    /// <summary>Whether a value undoes the order: the places of the assignments.</summary>
    public bool IsInverse(Value inverse, RewriteContext context)
    {
        inverse = Bare(inverse, context);
        return inverse.Producer switch
        {
            TopK { Largest: false, Axis: 0 or -1, X: { Rank: 1 } x } again => inverse.Index == 1 && ReferenceEquals(Bare(x, context), Order) && context.Equal(again.K, x.Shape[0]),
            ScatterElements { Reduction: ScatterReduction.None, Data.Rank: 1, Indices: var at, Updates: var places } s => ReferenceEquals(Bare(at, context), Order)
                && context.Equal(s.Data.Shape[0], Count) && IsCounting(Bare(places, context)),
            ScatterND { Reduction: ScatterReduction.None, Data.Rank: 1, Indices: var at, Updates: var places } s => ReferenceEquals(Bare(at, context), Order)
                && context.Equal(s.Data.Shape[0], Count) && IsCounting(Bare(places, context)),
            _ => false,
        };
    }

    private bool AreTokens(Value tokens, RewriteContext context) => K is { } k && AreTokens(tokens, k, context);

    /// <summary>Whether a value is the token of each assignment: 0, 0, 1, 1, … for two experts of each.</summary>
    public static bool AreTokens(Value tokens, long k, RewriteContext context)
    {
        tokens = Bare(tokens, context);
        return tokens.Op switch
        {
            Constant { Value: { DType: DType.I64 or DType.I32, Count: <= Constants.MostElements } content } => RefTensors.FromContent(content).I is var all && all.Select((t, i) => t == i / k).All(static same => same),
            Div { A: var assignment, B: var by } => GateMatcher.Single(by) == k && IsCounting(Bare(assignment, context)),
            Expand { X: { Op: Reshape { X: { Rank: 1 } counted } } column } repeated => repeated.Outputs[0].Rank == 2 && column.Shape[^1] == Dim.One
                && repeated.Outputs[0].Shape[1].ConstValue == k && context.Equal(counted.Shape[0], column.Shape[0]) && IsCounting(counted),
            _ => false,
        };
    }

    /// <summary>Whether a value is 0, 1, 2, ….</summary>
    public static bool IsCounting(Value value) => value.Op switch
    {
        Ir.Ops.Range { Start: var from, Delta: var by } => GateMatcher.Single(from) == 0 && GateMatcher.Single(by) == 1,
        Constant { Value: { DType: DType.I64 or DType.I32, Count: <= Constants.MostElements } content } => RefTensors.FromContent(content).I.Select(static (v, i) => v == i).All(static same => same),
        _ => false,
    };

    /// <summary>What ids are, however they are laid out.</summary>
    public static Value Root(Value ids)
    {
        while (ids.Op is Reshape or Cast { X.DType: DType.I32 or DType.I64, To: DType.I32 or DType.I64 })
        {
            ids = ids.Producer.Operands[0]!;
        }

        return ids;
    }

    /// <summary>Says that a law depends on what a value is made of, down to the ids.</summary>
    public static void RelyOn(Value value, Value ids, RewriteContext context)
    {
        for (int depth = 0; depth < Deepest && !ReferenceEquals(value, ids) && value.Producer is Reshape or Cast or Gather or TopK; depth++)
        {
            context.RelyOn(value);
            value = value.Producer.Operands[0]!;
        }
    }

    // A vector without casts, nor an axis of size 1.
    private static Value Bare(Value value, RewriteContext context)
    {
        for (int depth = 0; depth < Deepest; depth++)
        {
            switch (value.Op)
            {
                case Cast { X.DType: DType.I32 or DType.I64, To: DType.I32 or DType.I64 } cast:
                    value = cast.X;
                    break;
                case Reshape { X: var x } when x.Rank <= 2 && value.Rank <= 2 && context.Equal(x.Shape.NumElements, value.Shape.NumElements):
                    value = x;
                    break;
                default:
                    return value;
            }
        }

        return value;
    }
}
