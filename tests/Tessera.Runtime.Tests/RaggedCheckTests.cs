using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;
using static Tessera.Runtime.Tests.Onnx;

namespace Tessera.Runtime.Tests;

/// <summary>Offsets and lengths of examples are checked in models of Tessera's, before ONNX Runtime counts by them.</summary>
public class RaggedCheckTests
{
    [Theory]
    [InlineData("TSR0735", "starts at 1", 1, 2, 5)]
    [InlineData("TSR0735", "from 4 to 2", 0, 4, 2, 5)]
    [InlineData("TSR0735", "from 0 to -1", 0, -1, 5)]
    [InlineData("TSR0727", "ends at 4, but input 'x' has 5 tokens", 0, 2, 4)]
    [InlineData("TSR0727", "ends at 2147483647", 0, 2, int.MaxValue)]
    [InlineData("TSR0727", "ends at 0", 0)]
    [InlineData("TSR0727", "is empty")]
    public void Offsets_that_do_not_cut_the_tokens_are_refused(string code, string says, params int[] cu)
    {
        using ModelSession session = ModelSession.FromBytes(Ours(Packed()));
        Fails.With(code, () => session.Run(TensorInput.From("x", new float[10], 5, 2), TensorInput.From("cu_seqlens_n", cu, cu.Length)), "n'", says);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(0, 0, 5, 5)]
    public void Offsets_that_cut_the_tokens_run(params int[] cu)
    {
        using ModelSession session = ModelSession.FromBytes(Ours(Packed()));
        using RunResult result = session.Run(TensorInput.From("x", new float[10], 5, 2), TensorInput.From("cu_seqlens_n", cu, cu.Length));
        Assert.Equal([5L, 2], result[0].Dims.ToArray());
    }

    [Theory]
    [InlineData(4, 2, "'lengths_n': says that example 0 has 4 tokens", "0 to 3")]
    [InlineData(3, -1, "example 1 has -1 tokens", "0 to 3")]
    public void Lengths_beyond_the_padding_are_refused(int first, int second, params string[] says)
    {
        using ModelSession session = ModelSession.FromBytes(Ours(Padded()));
        Fails.With("TSR0728", () => session.Run(TensorInput.From("x", new float[12], 2, 3, 2), TensorInput.From("lengths_n", new[] { first, second }, 2)), says);
    }

    [Fact]
    public void Offsets_of_other_examples_than_the_rows_are_refused()
    {
        byte[] model = Model(Graph(
            [Node("Identity", ["row"], ["y"])],
            [Value("row", TensorElementType.Float, "batch"), Value("cu_seqlens_n", TensorElementType.Int32, "batch + 1")],
            [Value("y", TensorElementType.Float, "batch")]));
        using ModelSession session = ModelSession.FromBytes(Ours(model));
        Fails.With("TSR0727", () => session.Run(TensorInput.From("row", new float[2], 2), TensorInput.From("cu_seqlens_n", new[] { 0, 3 }, 2)), "of 1 examples", "'row' has 2");
    }

    [Fact]
    public void Models_of_others_may_mean_something_else_by_these_names()
    {
        using ModelSession session = ModelSession.FromBytes(Packed());
        using RunResult result = session.Run(TensorInput.From("x", new float[10], 5, 2), TensorInput.From("cu_seqlens_n", new[] { 7 }, 1));
        Assert.Equal([5L, 2], result[0].Dims.ToArray());
    }

    private static byte[] Packed() => Model(Graph(
        [Node("Identity", ["x"], ["y"])],
        [Value("x", TensorElementType.Float, "total_n", 2), Value("cu_seqlens_n", TensorElementType.Int32, "batch + 1")],
        [Value("y", TensorElementType.Float, "total_n", 2)]));

    private static byte[] Padded() => Model(Graph(
        [Node("Identity", ["x"], ["y"])],
        [Value("x", TensorElementType.Float, "batch", "n", 2), Value("lengths_n", TensorElementType.Int32, "batch")],
        [Value("y", TensorElementType.Float, "batch", "n", 2)]));

    // Messages written one after another are one message.
    private static byte[] Ours(byte[] model) =>
        [.. model, .. new Proto().Message(14, new Proto().Text(1, "ai.tessera.sha256").Text(2, "0")).ToArray()];
}
