using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>The reference semantics that all scatters share.</summary>
internal static class Scatter
{
    /// <summary>Data after each write in turn: update element <c>Update</c> to element <c>Target</c>.</summary>
    public static RefTensor Apply(RefTensor data, RefTensor updates, IReadOnlyList<(int Target, int Update)> writes, ScatterReduction reduction)
    {
        if (reduction == ScatterReduction.None)
        {
            int[] last = new int[data.Count];
            Array.Fill(last, -1);
            foreach ((int target, int update) in writes)
            {
                last[target] = update;
            }

            return RefTensor.Select([data, updates], data.Dims, i => last[i] < 0 ? (0, i) : (1, last[i]));
        }

        return data.DType.IsFloat()
            ? RefTensor.Floats(data.DType, data.Dims, Fold(data.F, updates.F, writes, (a, b) => Combine(reduction, a, b)))
            : RefTensor.Ints(data.DType, data.Dims, Fold(data.I, updates.I, writes, (a, b) => Wrap.To(data.DType, Combine(reduction, a, b))));
    }

    private static T[] Fold<T>(T[] data, T[] updates, IReadOnlyList<(int Target, int Update)> writes, Func<T, T, T> combine)
    {
        T[] result = [.. data];
        foreach ((int target, int update) in writes)
        {
            result[target] = combine(result[target], updates[update]);
        }

        return result;
    }

    private static double Combine(ScatterReduction reduction, double a, double b) => reduction switch
    {
        ScatterReduction.Add => a + b,
        ScatterReduction.Mul => a * b,
        ScatterReduction.Max => Math.Max(a, b),
        _ => Math.Min(a, b),
    };

    private static long Combine(ScatterReduction reduction, long a, long b) => reduction switch
    {
        ScatterReduction.Add => unchecked(a + b),
        ScatterReduction.Mul => unchecked(a * b),
        ScatterReduction.Max => Math.Max(a, b),
        _ => Math.Min(a, b),
    };
}
