using System.Globalization;
using Tessera.Ir;
using Tessera.Ir.Evaluate;

namespace Tessera.Passes.Replay;

/// <summary>How far two results lie apart.</summary>
/// <param name="Largest">Largest |Δ| over the largest finite |reference| of a result.</param>
/// <param name="Difference">The first element out of tolerance, or a difference in kind; null for none.</param>
public sealed record Comparison(double Largest, string? Difference)
{
    private const double LeastMask = 1e3;

    /// <summary>Compares results pairwise; infinities and NaN must stand at the same places, all but floats be equal.</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">What is compared with it.</param>
    /// <param name="tolerance">Largest |Δ| over the largest finite |reference| of a result, by element type.</param>
    /// <param name="names">Names of the results, for the message.</param>
    /// <param name="negligible">|Δ| that is no difference however small the result, by element type; null for none.</param>
    public static Comparison Of(
        IReadOnlyList<RefValue> expected, IReadOnlyList<RefValue> actual, Func<DType, double> tolerance, IReadOnlyList<string>? names = null, Func<DType, double>? negligible = null)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        Comparison worst = new(0, expected.Count == actual.Count ? null : $"{expected.Count} results against {actual.Count}");
        for (int i = 0; i < expected.Count && worst.Difference is null; i++)
        {
            Comparison one = Of(expected[i], actual[i], (tolerance, negligible), names is not null && i < names.Count ? $"output '{names[i]}'" : $"result {i}");
            worst = new Comparison(Math.Max(worst.Largest, one.Largest), one.Difference);
        }

        return worst;
    }

    private static Comparison Of(RefValue expected, RefValue actual, (Func<DType, double> Of, Func<DType, double>? Negligible) tolerance, string what) => (expected, actual) switch
    {
        (RefTensor e, RefTensor a) => Of(e, a, tolerance.Of(e.DType), tolerance.Negligible?.Invoke(e.DType) ?? 0, what),
        (RefSequence e, RefSequence a) => Of(e.Items, a.Items, tolerance.Of, negligible: tolerance.Negligible),
        (RefOptional { Item: { } e }, RefOptional { Item: { } a }) => Of(e, a, tolerance, what),
        (RefOptional { Item: null }, RefOptional { Item: null }) => new Comparison(0, null),
        _ => new Comparison(0, $"{what}: values of different kinds"),
    };

    private static Comparison Of(RefTensor expected, RefTensor actual, double allowed, double negligible, string what)
    {
        if (expected.DType != actual.DType || !expected.Dims.AsSpan().SequenceEqual(actual.Dims))
        {
            return new Comparison(0, $"{what}: {expected} against {actual}");
        }

        if (!expected.DType.IsFloat())
        {
            int at = Enumerable.Range(0, expected.Count).FirstOrDefault(i => !SameElement(expected, actual, i), -1);
            return new Comparison(0, at < 0 ? null : $"{what}, element {at}{Place(expected, at)} of {expected} differs");
        }

        double scale = Scale(expected.F, actual.F);
        double largest = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            (double e, double a) = (expected.F[i], actual.F[i]);
            if (e.Equals(a))
            {
                continue;
            }

            double relative = double.IsFinite(e) && double.IsFinite(a) ? Math.Abs(e - a) / Math.Max(scale, double.Epsilon) : double.PositiveInfinity;
            largest = Math.Max(largest, relative);
            if (!(relative <= allowed) && !(Math.Abs(e - a) <= negligible))
            {
                return new Comparison(largest, string.Create(CultureInfo.InvariantCulture, $"{what}, element {i}{Place(expected, i)} of {expected}: {e:R} before, {a:R} after"));
            }
        }

        return new Comparison(largest, null);
    }

    // The largest element. A large number that stands at several places, the same in both, a thousand times what differs, is a
    // constant such as a mask's, and no measure for the rest.
    private static double Scale(double[] expected, double[] actual)
    {
        double differing = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            differing = Math.Max(differing, double.IsFinite(expected[i]) && !expected[i].Equals(actual[i]) ? Math.Abs(expected[i]) : 0);
        }

        double least = Math.Max(LeastMask, LeastMask * differing);
        HashSet<double> constants = differing == 0 ? [] : [.. expected.Where((v, i) => Math.Abs(v) >= least && v.Equals(actual[i])).GroupBy(static v => v).Where(static g => g.Count() > 1).Select(static g => g.Key)];
        return expected.Where(v => double.IsFinite(v) && !constants.Contains(v)).Select(Math.Abs).DefaultIfEmpty(0).Max();
    }

    // Where an element stands along each axis.
    private static string Place(RefTensor tensor, int at)
    {
        if (tensor.Dims.Length < 2)
        {
            return "";
        }

        long[] place = new long[tensor.Dims.Length];
        long rest = at;
        for (int axis = place.Length - 1; axis >= 0; axis--)
        {
            (rest, place[axis]) = Math.DivRem(rest, tensor.Dims[axis]);
        }

        return $" [{string.Join(", ", place)}]";
    }

    private static bool SameElement(RefTensor e, RefTensor a, int i) => e.DType switch
    {
        DType.Bool => e.B[i] == a.B[i],
        DType.String => e.S[i] == a.S[i],
        _ => e.I[i] == a.I[i],
    };
}
