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
}
