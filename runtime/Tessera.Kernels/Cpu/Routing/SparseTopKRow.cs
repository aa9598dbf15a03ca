using System.Runtime.CompilerServices;

namespace Tessera.Kernels.Cpu.Routing;

/// <summary>
/// One row of a sparse top-k (arXiv 2302.01425), by the root τ of its closed form: mask y = clip(((x − τ)₊/λ)ᵉ, 0, 1) with
/// Σ y = k; magnitude y between x and what u = ((|x| − τ)₊/λ)ᵉ leaves of it, with Σ min(u/τ, 1) = k.
/// </summary>
internal static unsafe class SparseTopKRow
{
    /// <summary>More than any search takes: a step that does not halve the bracket is followed by one that does.</summary>
    private const int MaxSteps = 2200;

    /// <summary>In place.</summary>
    public static void Run(in SparseTopKOptions options, double* x, int n)
    {
        long k = Math.Min(options.K, n);
        if (!IsRegular(options, x, n, k))
            new Span<double>(x, n).Fill(double.NaN);
        else if (k <= 0)
            new Span<double>(x, n).Clear();
        else if (options.Magnitude)
            Magnitude(options, x, n, k);
        else if (k == n)
            new Span<double>(x, n).Fill(1);
        else
            Mask(options, x, n, k);
    }

    /// <summary>No NaN and no infinity that a result could come from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool IsRegular(in SparseTopKOptions options, double* x, int n, long k)
    {
        long finite = 0;
        for (int i = 0; i < n; i++)
        {
            if (double.IsFinite(x[i]))
                finite++;
            else if (options.Magnitude || !double.IsNegativeInfinity(x[i]))
                return false;
        }

        return finite >= k;
    }

    private static void Mask(in SparseTopKOptions options, double* x, int n, long k)
    {
        double smallest = double.PositiveInfinity, largest = double.NegativeInfinity;
        for (int i = 0; i < n; i++)
        {
            largest = Math.Max(largest, x[i]);
            smallest = double.IsFinite(x[i]) ? Math.Min(smallest, x[i]) : smallest;
        }

        // At the first bound every finite element is whole, at the second none is left.
        double tau = Root(options, x, n, k, smallest - options.Lambda, largest);
        for (int i = 0; i < n; i++)
            x[i] = Math.Min(options.Power(Math.Max(x[i] - tau, 0) / options.Lambda), 1);
    }

    private static void Magnitude(in SparseTopKOptions options, double* x, int n, long k)
    {
        double largest = 0, tau = 0;
        long positive = 0;
        for (int i = 0; i < n; i++)
        {
            largest = Math.Max(largest, Math.Abs(x[i]));
            positive += x[i] != 0 ? 1 : 0;
        }

        if (positive > k)
            tau = Root(options, x, n, k, 0, largest);
        for (int i = 0; i < n; i++)
        {
            double rest = Math.Max(Math.Abs(x[i]) - tau, 0), u = options.Power(rest / options.Lambda);
            x[i] = u >= tau ? x[i] : Math.CopySign(u + rest, x[i]);
        }
    }

    /// <summary>The root of a sum that falls with τ: Newton's steps where they stay inside what is left, halves elsewhere.</summary>
    private static double Root(in SparseTopKOptions options, double* x, int n, long k, double low, double high)
    {
        double tau = low + ((high - low) / 2);
        bool halve = false;
        for (int step = 0; step < MaxSteps && tau > low && tau < high; step++)
        {
            (double excess, double slope) = options.Magnitude ? AtMagnitude(options, x, n, k, tau) : AtMask(options, x, n, k, tau);
            if (excess == 0)
                break;
            double width = high - low;
            (low, high) = excess > 0 ? (tau, high) : (low, tau);
            double newton = tau - (excess / slope);
            if (Math.Abs(newton - tau) <= (Math.Abs(tau) + options.Lambda) * 1e-16)
                break;
            bool inside = !halve && newton > low && newton < high;
            halve = !halve && high - low > width / 2;
            tau = inside ? newton : low + ((high - low) / 2);
        }

        return tau;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Excess, double Slope) AtMask(in SparseTopKOptions options, double* x, int n, long k, double tau)
    {
        double sum = 0, slope = 0;
        long whole = 0;
        for (int i = 0; i < n; i++)
        {
            double z = (x[i] - tau) / options.Lambda;
            if (z >= 1)
            {
                whole++;
            }
            else if (z > 0)
            {
                double y = options.Power(z);
                sum += y;
                slope -= options.Exponent * y / (z * options.Lambda);
            }
        }

        return (sum - (k - whole), slope);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Excess, double Slope) AtMagnitude(in SparseTopKOptions options, double* x, int n, long k, double tau)
    {
        double sum = 0, slope = 0;
        long whole = 0;
        for (int i = 0; i < n; i++)
        {
            double z = (Math.Abs(x[i]) - tau) / options.Lambda;
            if (!(z > 0))
                continue;
            double u = options.Power(z);
            if (u >= tau)
            {
                whole++;
                continue;
            }

            sum += u;
            slope -= (options.Exponent * u / (z * options.Lambda)) + (u / tau);
        }

        return ((sum / tau) - (k - whole), slope / tau);
    }
}
