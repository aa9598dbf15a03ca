using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>Exponentials of a row. Equal numbers have equal ones wherever they stand: the last few are no scalar function's.</summary>
internal static unsafe class Exps
{
    /// <summary>y = exp(x + shift); y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(double* x, double shift, int count, double* y)
    {
        Vector256<double> by = Vector256.Create(shift);
        int i = 0;
        for (; i <= count - Vector256<double>.Count; i += Vector256<double>.Count)
            Vector256.Exp(Vector256.Load(x + i) + by).Store(y + i);
        if (i == count)
            return;
        Vector256<double> rest = Vector256<double>.Zero;
        for (int j = 0; i + j < count; j++)
            rest = rest.WithElement(j, x[i + j]);
        rest = Vector256.Exp(rest + by);
        for (int j = 0; i + j < count; j++)
            y[i + j] = rest[j];
    }
}
