using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Compiler.Verify;

/// <summary>
/// Next to the largest numbers of a type a sum overflows in one order and not in another, and a fused norm where the spelled-out one
/// does not: an element that is infinite or no number in one of two models is not compared there; all others are.
/// </summary>
internal static class Overflows
{
    /// <summary>The results with 0 where one of both is not finite.</summary>
    /// <param name="expected">Results of the original.</param>
    /// <param name="actual">Results of the other model.</param>
    /// <param name="order">Which of them belongs to each of the original.</param>
    public static (IReadOnlyList<RefValue> Expected, IReadOnlyList<RefValue> Actual) LeaveOut(
        IReadOnlyList<RefValue> expected, IReadOnlyList<RefValue> actual, int[] order)
    {
        RefValue[] both = [.. expected];
        RefValue[] others = [.. actual];
        for (int i = 0; i < both.Length; i++)
        {
            if (both[i] is RefTensor e && e.DType.IsFloat() && others[order[i]] is RefTensor a && a.DType == e.DType && a.Count == e.Count)
            {
                bool[] finite = [.. e.F.Zip(a.F, static (x, y) => double.IsFinite(x) && double.IsFinite(y))];
                (both[i], others[order[i]]) = (Kept(e, finite), Kept(a, finite));
            }
        }

        return (both, others);
    }

    private static RefTensor Kept(RefTensor tensor, bool[] finite) => RefTensor.Floats(tensor.DType, tensor.Dims, [.. tensor.F.Select((v, i) => finite[i] ? v : 0)]);
}
