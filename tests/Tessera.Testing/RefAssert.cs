using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Xunit.Sdk;

namespace Tessera.Testing;

/// <summary>Comparison of reference tensors.</summary>
public static class RefAssert
{
    /// <summary>
    /// Same type, sizes and elements; floats may differ by <paramref name="absolute"/> + <paramref name="relative"/> · |expected|,
    /// infinities and NaN must match.
    /// </summary>
    public static void Close(RefTensor expected, RefTensor actual, double relative, double absolute)
    {
        if (expected.DType != actual.DType || !expected.Dims.AsSpan().SequenceEqual(actual.Dims))
        {
            throw new XunitException($"expected {expected}, got {actual}");
        }

        for (int i = 0; i < expected.Count; i++)
        {
            if (!Same(expected, actual, i, relative, absolute))
            {
                throw new XunitException($"{expected}, element {i}: expected {Text(expected, i)}, got {Text(actual, i)}");
            }
        }
    }

    private static bool Same(RefTensor expected, RefTensor actual, int i, double relative, double absolute)
    {
        if (!expected.DType.IsFloat())
        {
            return Text(expected, i) == Text(actual, i);
        }

        (double e, double a) = (expected.F[i], actual.F[i]);
        return e.Equals(a) || e == a || (double.IsFinite(e) && double.IsFinite(a) && Math.Abs(e - a) <= absolute + (relative * Math.Abs(e)));
    }

    private static string Text(RefTensor tensor, int i) => tensor.DType switch
    {
        DType.String => tensor.S[i],
        DType.Bool => tensor.B[i] ? "true" : "false",
        _ when tensor.DType.IsFloat() => tensor.F[i].ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => tensor.I[i].ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
