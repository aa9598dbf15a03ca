using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;
using Xunit;

namespace Tessera.Passes.Tests;

/// <summary>Results are compared relative to their largest element; what is no number stands at the same places, all but floats are equal.</summary>
public class ComparisonTests
{
    private const double Tolerance = 1e-4;
    private const double Negligible = 1e-9;

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 1, 2.0001 })]
    [InlineData(new double[] { 1000, 0.001 }, new double[] { 1000, 0.002 })]
    [InlineData(new[] { double.NaN, double.PositiveInfinity, 0.0 }, new[] { double.NaN, double.PositiveInfinity, -0.0 })]
    [InlineData(new[] { double.NegativeInfinity, 1e-3 }, new[] { double.NegativeInfinity, 1.00005e-3 })]
    [InlineData(new[] { 1e-10 }, new[] { 9e-10 })]
    [InlineData(new[] { 5000, 1e-9, 5001 }, new[] { 5000, 3e-9, 5001 })]
    public void Numbers_that_agree(double[] expected, double[] actual) => Assert.Null(Of(Floats(expected), Floats(actual)));

    [Theory]
    [InlineData(new double[] { 1, 2 }, new double[] { 1, 2.001 }, 1)]
    [InlineData(new double[] { 0.001 }, new double[] { 0.002 }, 0)]
    [InlineData(new[] { 1, double.NaN }, new[] { 1, 1.0 }, 1)]
    [InlineData(new[] { 1, 1.0 }, new[] { double.NaN, 1 }, 0)]
    [InlineData(new[] { double.PositiveInfinity }, new[] { double.NegativeInfinity }, 0)]
    [InlineData(new[] { double.PositiveInfinity, 1.0 }, new[] { double.PositiveInfinity, 1.1 }, 1)]
    [InlineData(new[] { 1e-8 }, new[] { 2e-8 }, 0)]
    [InlineData(new[] { 1, -1e9, 2, -1e9 }, new[] { 1, -1e9, 7, -1e9 }, 2)]
    [InlineData(new[] { -3.4e38, 1, -3.4e38 }, new[] { -3.4e38, 6, -3.4e38 }, 1)]
    public void Numbers_that_differ(double[] expected, double[] actual, int element) =>
        Assert.StartsWith($"result 0, element {element} ", Of(Floats(expected), Floats(actual)), StringComparison.Ordinal);

    [Fact]
    public void All_but_floats_are_equal_or_differ()
    {
        Assert.Null(Of(RefTensor.Ints(DType.I64, [2], [1, 2]), RefTensor.Ints(DType.I64, [2], [1, 2])));
        Assert.Contains("element 1", Of(RefTensor.Ints(DType.I64, [2], [1, 2]), RefTensor.Ints(DType.I64, [2], [1, 3])), StringComparison.Ordinal);
        Assert.Contains("element 0", Of(RefTensor.Bools([1], [true]), RefTensor.Bools([1], [false])), StringComparison.Ordinal);
    }

    [Fact]
    public void Types_shapes_and_numbers_of_results_are_compared()
    {
        Assert.Contains("against", Of(Floats([1, 2]), RefTensor.Floats(DType.F32, [1, 2], [1, 2])), StringComparison.Ordinal);
        Assert.Contains("against", Of(Floats([1]), RefTensor.Floats(DType.F64, [1], [1])), StringComparison.Ordinal);
        Assert.Equal("2 results against 1", Comparison.Of([Floats([1]), Floats([1])], [Floats([1])], static _ => Tolerance).Difference);
    }

    [Fact]
    public void What_is_no_number_lies_infinitely_far() =>
        Assert.Equal(double.PositiveInfinity, Comparison.Of([Floats([1])], [Floats([double.NaN])], static _ => Tolerance).Largest);

    [Fact]
    public void Without_a_negligible_difference_every_result_counts_however_small() =>
        Assert.NotNull(Comparison.Of([Floats([1e-10])], [Floats([9e-10])], static _ => Tolerance).Difference);

    private static RefTensor Floats(double[] numbers) => RefTensor.Floats(DType.F32, [numbers.Length], numbers);

    private static string? Of(RefTensor expected, RefTensor actual) =>
        Comparison.Of([expected], [actual], static _ => Tolerance, negligible: static _ => Negligible).Difference;
}
