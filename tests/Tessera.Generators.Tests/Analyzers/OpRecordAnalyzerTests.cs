using Tessera.Generators.Tests.Infra;
using Xunit;

namespace Tessera.Generators.Tests.Analyzers;

public sealed class OpRecordAnalyzerTests
{
    [Theory]
    [InlineData("float", "Real")]
    [InlineData("double", "Real")]
    [InlineData("Half", "Real")]
    [InlineData("double?", "Real?")]
    [InlineData("long[]", "EquatableArray<long>")]
    [InlineData("float[]", "EquatableArray<Real>")]
    [InlineData("ImmutableArray<long>", "EquatableArray<long>")]
    [InlineData("IReadOnlyList<Value>", "EquatableArray<Value>")]
    [InlineData("ReadOnlyMemory<byte>", "EquatableArray<byte>")]
    [InlineData("EquatableArray<double>", "EquatableArray<Real>")]
    [InlineData("(int A, float B)", "Real")]
    public async Task TSR1101_names_the_type_to_use(string type, string instead) => Assert.Equal(
        [$"TSR1101 at 'Value0': Op 'Gelu' keeps 'Value0' as {type}: floats compare by bits and arrays by content; use {instead}"],
        await OfOps($$"""public sealed record Gelu(Value X) : UnaryOp(X) { public {{type}} Value0 { get; init; } }"""));

    [Fact]
    public async Task TSR1101_sees_positional_attributes_and_fields() => Assert.Equal(
        ["TSR1101 at 'Alpha'", "TSR1101 at '_perm'"],
        (await OfOps("public sealed record Elu(Value X, float Alpha) : UnaryOp(X) { private readonly int[] _perm = []; }"))
            .Select(static s => s[..s.IndexOf(':', StringComparison.Ordinal)]));

    [Theory]
    [InlineData("public sealed record Gelu(Value X) : UnaryOp(X) { public Real Epsilon { get; init; } public EquatableArray<long> Axes { get; init; } }")]
    [InlineData("public sealed record Gelu(Value X) : UnaryOp(X) { public double Twice => 2; public static readonly double Pi = 3; public string Mode { get; init; } = \"\"; }")]
    [InlineData("public sealed record Note(float Score, int[] Items);")]
    [InlineData("public sealed record Own(Value X, float[] Data) : UnaryOp(X) { public bool Equals(Own? other) => other is not null; public override int GetHashCode() => 0; }")]
    public async Task Attributes_that_compare_by_content_are_fine(string source) => Assert.Empty(await OfOps(source));

    private static Task<string[]> OfOps(string source) => Analysis.OfSource($$"""
        using System.Collections.Immutable;
        namespace Tessera.Ir;
        public sealed class Value;
        public readonly record struct Real(double Number);
        public readonly record struct EquatableArray<T>(int Count);
        public abstract record Op;
        public abstract record UnaryOp(Value X) : Op;
        {{source}}
        """);
}
