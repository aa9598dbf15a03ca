using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What integer division and its remainder share.</summary>
internal static class Division
{
    /// <summary>Fails where an integer would be divided by zero; floats give infinity or NaN.</summary>
    public static void Check(EvalContext context)
    {
        (RefTensor a, RefTensor b) = (context.Tensor(0), context.Tensor(1));
        if (!b.DType.IsFloat() && a.Count > 0 && b.I.Contains(0))
        {
            throw context.Error($"an integer is divided by zero ({a} by {b}).");
        }
    }

    /// <summary>The batched form: integers are divided by 1 where padding stands, since a zero there would stop the run.</summary>
    public static IReadOnlyList<Batched> Batch(BatchContext context)
    {
        (Batched a, Batched b) = (context.Operands[0]!, context.Operands[1]!);
        return b.Form == BatchForm.Padded && !b.Value.DType.IsFloat()
            ? Broadcasting.Batch(new BatchContext(context.Op, [a, b with { Value = context.Environment.Fill(b, 1) }], context.Environment))
            : Broadcasting.Batch(context);
    }
}
