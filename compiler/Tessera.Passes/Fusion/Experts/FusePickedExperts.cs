using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Σ_j weights[t, j] · mlp(x[t]) with each token's own matrices, gathered from stacks <c>W[ids]</c>  →  grouped_mlp(x, ids, weights).
/// </summary>
public sealed class FusePickedExperts : RewriteRule<ReduceSum>
{
    public override Value? Apply(ReduceSum op, RewriteContext context)
    {
        // [T, k, D] summed over k.
        if (op.X.Rank != 3 || op.Axes is not [1 or -2] || op.X.Op is not Mul { A: var a, B: var b })
        {
            return null;
        }

        return (Match(op, a, b, context) ?? Match(op, b, a, context)) is { } y ? Axes.Reshape(y, op.Outputs[0].Shape, context) : null;
    }

    private static Value? Match(ReduceSum op, Value output, Value weight, RewriteContext context)
    {
        if (weight.Rank != 3 || weight.Shape[2] != Dim.One || !context.Equal(output.Shape, [weight.Shape[0], weight.Shape[1], op.X.Shape[2]]) || output.Op is not Reshape { X: { Rank: 4 } rows } || rows.Shape[2] != Dim.One
            || new ExpertMatcher(4).Match(rows) is not { } form || Picked(form, context) is not var (plain, ids) || Tokens(form.X) is not { } x)
        {
            return null;
        }

        Assignment assignment = new(ids, Axes.Reshape(weight, [weight.Shape[0], weight.Shape[1]], context));
        long? experts = plain.First.Weight.Shape[0].ConstValue;
        if (assignment.Experts != experts || experts is not { } count || !assignment.IsSelection(context) || !context.Equal(ids.Shape, assignment.Weights.Shape) || !context.Equal(x.Shape[0], ids.Shape[0]))
        {
            return context.Reject(output.Producer, "it is not proved that every id is that of an expert");
        }

        return ExpertEmission.EmitStacks(op, context, x, assignment, plain, count);
    }

    // The stacks that all weights are gathered from by one set of ids.
    private static (ExpertForm Form, Value Ids)? Picked(ExpertForm form, RewriteContext context)
    {
        Value? ids = null;
        Affine? Plain(Affine? part)
        {
            if (part is null || (Stack(part.Weight, 3, ref ids) ?? Dequantised(part.Weight, ref ids, context)) is not { } w)
            {
                return null;
            }

            Value? bias = part.Bias is null ? null : Stack(part.Bias, 2, ref ids);
            return part.Bias is not null && bias is null ? null : new Affine(part.X, w, bias);
        }

        (Affine? first, Affine? second, Affine? third) = (Plain(form.First), Plain(form.Second), Plain(form.Third));
        return first is null || second is null || (form.Third is not null && third is null) || ids is null
            || form with { First = first, Second = second, Third = third } is not { IsEven: true } whole
            ? null
            : (whole, ids);
    }

    // dequantize_linear of what is gathered  →  of the stack.
    private static Value? Dequantised(Value picked, ref Value? ids, RewriteContext context)
    {
        if (picked.Op is not DequantizeLinear { BlockSize: > 0 } d || Stack(d.X, 3, ref ids) is not { } codes || Stack(d.Scale, 3, ref ids) is not { } scale)
        {
            return null;
        }

        Value? zero = d.ZeroPoint is null ? null : Stack(d.ZeroPoint, 3, ref ids);
        return d.ZeroPoint is not null && zero is null ? null : context.Emit(d with { X = codes, Scale = scale, ZeroPoint = zero, Axis = d.Axis < 0 ? d.Axis : d.Axis - 1 });
    }

    // W in W[ids]; a bias has an axis of 1 put in for the row of its token.
    private static Value? Stack(Value picked, int rank, ref Value? ids)
    {
        Value x = rank == 2 && picked.Op is Reshape { X: { Rank: 3 } inner } && picked.Shape[2] == Dim.One ? inner : picked;
        if (x.Op is not Gather { Axis: 0, Data: { Rank: var depth } stack, Indices: { Rank: 2 } at } || depth != rank || (ids is not null && !ReferenceEquals(ids, at)))
        {
            return null;
        }

        ids = at;
        return stack;
    }

    // x [T, D] as [T, 1, 1, D].
    private static Value? Tokens(Value x) => x.Op switch
    {
        Expand { X: var inner } when inner.Op is not Expand => Tokens(inner),
        Reshape { X: { Rank: 2 } inner } when x.Rank == 4 && x.Shape[1] == Dim.One && x.Shape[2] == Dim.One => inner,
        _ => null,
    };
}
