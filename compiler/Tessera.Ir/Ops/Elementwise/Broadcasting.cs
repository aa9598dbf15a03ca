using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What all ops with multidirectional broadcasting share: the index map and the alignment of batched operands.</summary>
internal static class Broadcasting
{
    /// <summary>The common sizes of concrete operands.</summary>
    public static long[] Dims(params ReadOnlySpan<RefTensor> operands)
    {
        int rank = 0;
        foreach (RefTensor t in operands)
        {
            rank = Math.Max(rank, t.Rank);
        }

        long[] dims = new long[rank];
        Array.Fill(dims, 1);
        foreach (RefTensor t in operands)
        {
            for (int axis = 0; axis < t.Rank; axis++)
            {
                int at = rank - t.Rank + axis;
                dims[at] = t.Dims[axis] == 1 ? dims[at] : t.Dims[axis];
            }
        }

        return dims;
    }

    /// <summary>For each element of a result of sizes <paramref name="dims"/>, the element of <paramref name="operand"/> it reads.</summary>
    public static int[] Map(RefTensor operand, long[] dims)
    {
        int count = checked((int)dims.Aggregate(1L, static (a, b) => a * b));
        long[] strides = operand.Strides();
        int[] map = new int[count];
        for (int i = 0; i < count; i++)
        {
            long rest = i;
            long offset = 0;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
            {
                long at = rest % dims[axis];
                rest /= dims[axis];
                int own = axis - dims.Length + operand.Rank;
                if (own >= 0 && operand.Dims[own] != 1)
                {
                    offset += at * strides[own];
                }
            }

            map[i] = (int)offset;
        }

        return map;
    }

    /// <summary>The batched form: operands aligned to the layout of the result, then the op as it is.</summary>
    public static IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Shape result = context.ResultShape();
        IReadOnlyList<Value?> aligned = Alignment.Align(context, result);
        return [context.Wrap(context.Emit(context.Op.WithOperands(aligned)), result)];
    }
}
