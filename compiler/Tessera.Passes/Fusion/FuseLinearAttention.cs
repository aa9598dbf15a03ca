using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// scan(S; q, k, v …) whose step is <c>S′ = S·e^decay + k ⊗ β·(v − Sᵀk)</c> and gives <c>s·qᵀS′</c>  →  linear_attention, the decay
/// and the correction perhaps absent (<see cref="LinearStepMatcher"/>). It computes in the element type of the state.
/// </summary>
public sealed class FuseLinearAttention : RewriteRule<Scan>
{
    public override IReadOnlyList<Value>? ApplyAll(Scan op, RewriteContext context)
    {
        if (op.Carried != op.ScanInputs + 1 || op.Body.Results.Count != 2 || op.Values[0].Rank != 4 || !op.Values[0].DType.IsFloat())
        {
            return null;
        }

        LinearStepMatcher matcher = new(op, context);
        LinearStep? step = matcher.Match();
        string? reason = step is null ? matcher.Reason : Refusal(op, step, context);
        if (reason is not null)
        {
            context.Reject(op, reason);
            return null;
        }

        return step is null ? null : Fuse(op, step, context);
    }

    private static string? Refusal(Scan op, LinearStep step, RewriteContext context)
    {
        Shape state = op.Values[0].Shape;
        Shape result = op.Body.Results[1].Shape;
        return op.InputDirections.Concat(op.OutputDirections).Any(static d => d != 0) ? "it runs backwards"
            : state[1].ConstValue is not > 0 ? $"the number of heads {state[1]} is not known"
            : !Products.IsAttribute(step.Scale, op.Values[0].DType) ? $"the scale {step.Scale} is no finite number other than 0 in f32"
            : result.Rank == 0 || !context.Equal(result[0], state[0]) ? $"what a step gives, {result}, does not begin with the batch"
            : new[] { step.Q, step.K, step.V, step.Decay, step.Beta }.Any(i => i > 0 && !BeginsWithBatch(op, i, context))
                ? "a step's slice does not begin with the batch, or there are not as many of each"
            : null;
    }

    private static bool BeginsWithBatch(Scan op, int operand, RewriteContext context) =>
        op.Body.Parameters[operand].Shape is { Rank: > 0 } slice && context.Equal(slice[0], op.Values[0].Shape[0])
        && context.Equal(op.Values[operand].Shape[Axis(op, operand)], op.Values[1].Shape[Axis(op, 1)]);

    private static IReadOnlyList<Value>? Fuse(Scan op, LinearStep step, RewriteContext context)
    {
        Value state = op.Values[0];
        long heads = state.Shape[1].ConstValue!.Value;
        (Dim size, Dim value) = (state.Shape[2], state.Shape[3]);
        Value Operand(int at, Dim width) => BatchFirst(op, at, width, context);
        IReadOnlyList<Value> results = context.EmitAll(new LinearAttention(
            Operand(step.Q, size * (heads * step.Group)),
            Operand(step.K, size * heads),
            Operand(step.V, value * heads),
            IsNothing(state) ? null : state,
            step.Decay < 0 ? null : Operand(step.Decay, step.DecayWidth * heads),
            step.Beta < 0 ? null : Operand(step.Beta, step.BetaByHead ? heads : 1))
        {
            QueryHeads = heads * step.Group,
            KeyHeads = heads,
            Scale = step.Scale,
            UpdateRule = step.UpdateRule,
        });
        Value stacked = Stacked(op, results[0], context);
        if (context.Equal(stacked.Shape, op.Outputs[1].Shape) && context.Equal(results[1].Shape, op.Outputs[0].Shape))
        {
            return [results[1], stacked];
        }

        context.Reject(op, $"the result {stacked.Type} is not proved to be {op.Outputs[1].Type}");
        return null;
    }

    // [B, T, width] of what is scanned along any axis.
    private static Value BatchFirst(Scan op, int operand, Dim width, RewriteContext context)
    {
        Value x = op.Values[operand];
        int axis = Axis(op, operand);
        int[] order = [.. Enumerable.Range(0, x.Rank).Where(a => a != axis)];
        Value first = Axes.Transpose(x, context, [order[0], axis, .. order[1..]]);
        Value flat = Axes.Reshape(first, [first.Shape[0], first.Shape[1], width], context);
        return flat.DType == op.Values[0].DType ? flat : context.Emit(new Cast(flat) { To = op.Values[0].DType });
    }

    // y[B, T, H · e] as the steps' results, stacked along the scan's own axis.
    private static Value Stacked(Scan op, Value y, RewriteContext context)
    {
        Value result = op.Outputs[1];
        Shape slice = op.Body.Results[1].Shape;
        Value narrow = y.DType == result.DType ? y : context.Emit(new Cast(y) { To = result.DType });
        Value split = Axes.Reshape(narrow, [y.Shape[0], y.Shape[1], .. slice.Skip(1)], context);
        long given = op.OutputAxes.Count > 0 ? op.OutputAxes[0] : 0;
        int axis = (int)(given < 0 ? given + result.Rank : given);
        List<int> order = [0, .. Enumerable.Range(2, result.Rank - 2)];
        order.Insert(axis, 1);
        return Axes.Transpose(split, context, [.. order]);
    }

    private static int Axis(Scan op, int operand)
    {
        long axis = op.InputAxes.Count > 0 ? op.InputAxes[operand - 1] : 0;
        return (int)(axis < 0 ? axis + op.Values[operand].Rank : axis);
    }

    // −0 is something: where there is no step, it stays.
    private static bool IsNothing(Value state) => Numbers.IsSplat(state, out double number) && BitConverter.DoubleToInt64Bits(number) == 0;
}
