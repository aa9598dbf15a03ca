using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;
using static Tessera.Runtime.Tests.Onnx;

namespace Tessera.Runtime.Tests;

/// <summary>What a model of Tessera's requires of sizes is checked before ONNX Runtime runs it.</summary>
public class SizeRuleTests
{
    [Theory]
    [InlineData("n >= 1", 1, true)]
    [InlineData("n >= 1", 0, false)]
    [InlineData("64 >= n + 1", 63, true)]
    [InlineData("64 >= n + 1", 64, false)]
    [InlineData("2*n - 3 >= -n", 1, true)]
    [InlineData("2*n - 3 >= -n", 0, false)]
    [InlineData("n % 14 == 0", 28, true)]
    [InlineData("n % 14 == 0", 29, false)]
    [InlineData("(n + 1) % 2 == 0", 3, true)]
    [InlineData("(n + 1) % 2 == 0", 4, false)]
    [InlineData("floordiv(n, 2) == 3", 7, true)]
    [InlineData("ceildiv(n, 2) == 3", 7, false)]
    [InlineData("mod(n, 4) == 1", 5, true)]
    [InlineData("min(n, 4) >= max(2, 3)", 2, false)]
    [InlineData("n*n >= 9", 3, true)]
    [InlineData("floordiv(8, n) >= 0", 0, false)]
    public void Rules_hold_or_are_broken(string text, long n, bool holds)
    {
        Assert.True(SizeRule.TryParse(text, out SizeRule? rule));
        Assert.Equal(holds, rule.Holds(symbol => symbol == "n" ? n : throw new ArgumentException(symbol)));
    }

    [Fact]
    public void Names_in_quotes_are_read()
    {
        Assert.True(SizeRule.TryParse("\"a b\\\"\\u0041\" >= \"mod\"", out SizeRule? rule));
        Assert.Equal(["a b\"A", "mod"], rule.Symbols);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n >= ")]
    [InlineData("n >= 1 2")]
    [InlineData("f(n) >= 1")]
    [InlineData("(n >= 1")]
    [InlineData("\"n >= 1")]
    [InlineData("99999999999999999999 >= n")]
    public void What_is_no_rule_is_none(string text) => Assert.False(SizeRule.TryParse(text, out _));

    [Theory]
    [InlineData(new[] { 0, 3, 5 }, null)]
    [InlineData(new[] { 0, 4, 5 }, "example 0: n = 4 breaks the model's rule 3 >= n")]
    [InlineData(new[] { 0, 0, 3, 5 }, "example 0: n = 0 breaks the model's rule n >= 1")]
    public void Every_example_keeps_the_rules(int[] cu, string? says)
    {
        byte[] model = Model(Graph(
            [Node("Identity", ["x"], ["y"])],
            [Value("x", TensorElementType.Float, "total_n", 2), Value("cu_seqlens_n", TensorElementType.Int32, "batch + 1")],
            [Value("y", TensorElementType.Float, "total_n", 2)]));
        using ModelSession session = ModelSession.FromBytes(Ours(model, ("ai.tessera.each", "3 >= n\nn >= 1")));
        TensorInput[] inputs = [TensorInput.From("x", new float[10], 5, 2), TensorInput.From("cu_seqlens_n", cu, cu.Length)];
        if (says is not null)
        {
            Fails.With("TSR0729", () => session.Run(inputs), says);
            return;
        }

        using RunResult result = session.Run(inputs);
        Assert.Equal([5L, 2], result[0].Dims.ToArray());
    }

    [Fact]
    public void Padded_lengths_keep_the_rules_too()
    {
        byte[] model = Model(Graph(
            [Node("Identity", ["x"], ["y"])],
            [Value("x", TensorElementType.Float, "batch", "n", 2), Value("lengths_n", TensorElementType.Int32, "batch")],
            [Value("y", TensorElementType.Float, "batch", "n", 2)]));
        using ModelSession session = ModelSession.FromBytes(Ours(model, ("ai.tessera.each", "n >= 1")));
        Fails.With("TSR0729", () => session.Run(TensorInput.From("x", new float[12], 2, 3, 2), TensorInput.From("lengths_n", new[] { 3, 0 }, 2)), "example 1: n = 0");
    }

    [Fact]
    public void Sizes_of_the_run_keep_the_rules()
    {
        byte[] model = Model(Graph(
            [Node("Identity", ["x"], ["y"])],
            [Value("x", TensorElementType.Float, "n", 2)],
            [Value("y", TensorElementType.Float, "n", 2)]));
        using ModelSession session = ModelSession.FromBytes(Ours(model, ("ai.tessera.where", "3 >= n\ninside >= n")));
        Fails.With("TSR0729", () => session.Run(TensorInput.From("x", new float[8], 4, 2)), "input 'x': n = 4 breaks the model's rule 3 >= n");
        using RunResult result = session.Run(TensorInput.From("x", new float[6], 3, 2));
        Assert.Equal([3L, 2], result[0].Dims.ToArray());
    }

    // Messages written one after another are one message.
    private static byte[] Ours(byte[] model, (string Key, string Value) rule) =>
    [
        .. model,
        .. new Proto().Message(14, new Proto().Text(1, rule.Key).Text(2, rule.Value)).ToArray(),
        .. new Proto().Message(14, new Proto().Text(1, "ai.tessera.sha256").Text(2, "0")).ToArray(),
    ];
}
