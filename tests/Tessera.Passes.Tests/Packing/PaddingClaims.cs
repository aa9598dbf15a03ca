using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Packing;
using Xunit;

namespace Tessera.Passes.Tests.Packing;

/// <summary>Holds what the proof says of a value to the value.</summary>
internal static class PaddingClaims
{
    // What the proof takes for low.
    private const double Low = -9999;

    /// <param name="state">What is said.</param>
    /// <param name="padded">The value of a padded example.</param>
    /// <param name="own">Sizes of the example's own part.</param>
    public static void Hold(PaddingState state, RefTensor padded, long[] own)
    {
        for (int i = 0; i < padded.Count; i++)
        {
            long[] at = Rows.Place(padded.Dims, i);
            double x = padded.DType == DType.Bool ? (padded.B[i] ? 1 : 0) : padded.Number(i);
            int[] behind = [.. Enumerable.Range(0, own.Length).Where(a => at[a] >= own[a])];
            if (behind.Length == 0)
            {
                Own(state, at, x);
            }

            foreach (int axis in behind)
            {
                Behind(state.Fills[axis], x, SampleCases.Tolerance(padded.DType), isCorner: behind.Length > 1, $"at {string.Join(", ", at)}, behind along {axis}");
            }

            if (state is { CountsOn: true, Counts: var (along, first) } && behind.All(a => a == along))
            {
                Assert.Equal(first + at[along], x);
            }
        }
    }

    private static void Own(PaddingState state, long[] at, double x)
    {
        if (state.Uniform is { } uniform)
        {
            Assert.Equal(uniform, x, 1e-9);
        }

        if (state.Counts is var (along, first))
        {
            Assert.Equal(first + at[along], x);
        }

        Assert.False(x < state.Least, $"{x} is less than {state.Least}");
    }

    private static void Behind(Fill fill, double x, double tolerance, bool isCorner, string place)
    {
        if (!isCorner || fill.IsEverywhere)
        {
            Assert.True(fill.Number is not { } number || Math.Abs(number - x) <= tolerance * (1 + Math.Abs(number)) || number.Equals(x), $"{x} is not {fill.Number}, {place}");
            Assert.True(!fill.IsLow || x <= Low, $"{x} is not low, {place}");
        }
    }
}
