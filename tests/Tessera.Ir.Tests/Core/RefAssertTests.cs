using Tessera.Ir.Evaluate;
using Tessera.Testing;
using Xunit;
using Xunit.Sdk;

namespace Tessera.Ir.Tests.Core;

/// <summary>The comparison that other tests lean on: what is not finite equals itself alone.</summary>
public class RefAssertTests
{
    private const double Infinity = double.PositiveInfinity;

    [Theory]
    [InlineData(Infinity, 0)]
    [InlineData(Infinity, -Infinity)]
    [InlineData(-Infinity, Infinity)]
    [InlineData(Infinity, double.NaN)]
    [InlineData(0, Infinity)]
    [InlineData(double.NaN, 0)]
    [InlineData(1, 1.1)]
    public void Close_refuses(double expected, double actual) =>
        Assert.Throws<XunitException>(() => RefAssert.Close(One(expected), One(actual), relative: 1e-6, absolute: 1e-7));

    [Theory]
    [InlineData(Infinity, Infinity)]
    [InlineData(-Infinity, -Infinity)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(1, 1.0000001)]
    [InlineData(0, -0.0)]
    public void Close_accepts(double expected, double actual) =>
        Assert.Null(Record.Exception(() => RefAssert.Close(One(expected), One(actual), relative: 1e-6, absolute: 1e-7)));

    private static RefTensor One(double value) => RefTensor.Floats(DType.F32, [1], [value]);
}
