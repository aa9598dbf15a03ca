using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Passes.Batching;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What would let one example see another is refused by name, with the smallest reason.</summary>
public class BatchingRefusalTests
{
    [Fact]
    public void Product_over_the_ragged_axis() => Refused(
        "sums over the ragged axis",
        static g => g.MatMul(g.In("x", "f32[3, n]"), g.In("y", "f32[n, 4]")));

    [Fact]
    public void Product_of_two_ragged_operands() => Refused(
        "only a product by a weight",
        static g => g.MatMul(g.In("x", "f32[n, 3]"), g.Transpose(g.In("y", "f32[n, 3]"), [1, 0])));

    [Fact]
    public void Mask_over_all_pairs_of_tokens() => Refused(
        "no packed form",
        static g => g.Attention(g.In("q", "f32[n, 2, 4]"), g.In("k", "f32[n, 2, 4]"), g.In("v", "f32[n, 2, 4]"), mask: g.Param("mask", "f32[1, 1, 1]")));

    [Fact]
    public void Attention_ragged_along_its_heads() => Refused(
        "not along its tokens",
        static g => g.Attention(g.In("q", "f32[3, 2, 4]"), g.In("k", "f32[3, 2, 4]"), g.Transpose(g.In("v", "f32[2, 3, n]"), [1, 0, 2])));

    [Fact]
    public void Bias_that_differs_by_example() => Refused(
        "must be a weight",
        static g => g.Attention(g.In("q", "f32[n, 2, 4]"), g.In("k", "f32[n, 2, 4]"), g.In("v", "f32[n, 2, 4]"), bias: g.In("bias", "f32[2, 5]")));

    [Fact]
    public void Norm_along_the_ragged_axis() => Refused(
        "the ragged one",
        static g => g.LayerNorm(g.Transpose(g.In("x", "f32[n, 3]"), [1, 0]), g.Param("w", "f32[1]")),
        constraint: "n == 1");

    [Fact]
    public void Reshape_across_the_ragged_axis() => Refused(
        "moves elements across the ragged axis",
        static g => g.Reshape(g.In("x", "f32[4, n]"), [2, Dim.Sym("n") * 2]));

    [Fact]
    public void Lengths_that_do_not_align() => Refused(
        "do not align",
        static g => g.Add(g.In("x", "f32[n, 3]"), g.In("y", "f32[m, 3]")),
        constraint: "n == m",
        ragged: ["n", "m"]);

    [Fact]
    public void Nothing_declared_ragged()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(static g => g.Relu(g.In("x", "f32[n]")), []), BatchMode.Packed));
        Assert.Equal("TSR0521", error.Code);
    }

    [Fact]
    public void Size_named_batch()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(static g => g.Relu(g.In("x", "f32[batch]")), ["batch"]), BatchMode.Packed));
        Assert.Equal("TSR0520", error.Code);
    }

    [Fact]
    public void Size_named_as_the_total_of_a_ragged_one()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(
            Single(static g => g.Concat([g.In("x", "f32[n, 3]"), g.In("z", "f32[total_n, 3]")], 0), ["n"]), BatchMode.Packed));
        Assert.Equal("TSR0520", error.Code);
        Assert.Contains("'total_n'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ragged_size_that_no_input_has()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(static g => g.Relu(g.In("x", "f32[n, 3]")), ["tokens"]), BatchMode.Padded));
        Assert.Equal("TSR0524", error.Code);
        Assert.Contains("'tokens' is declared ragged, but no input has a size of that name; they have n.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BatchMode.Dense)]
    [InlineData(BatchMode.Packed)]
    public void Interface_that_is_no_tensor_of_known_rank(BatchMode mode)
    {
        TesseraException input = Assert.Throws<TesseraException>(() => BatchPass.Run(
            Single(static g => g.SequenceAt(g.In("s", "seq<f32[*]>"), g.Int(DType.I64, 0)), ["n"]), mode));
        Assert.Equal("TSR0525", input.Code);
        Assert.Contains("input seq<f32[*]>", input.Message, StringComparison.Ordinal);
        TesseraException output = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(static g => g.SequenceEmpty(DType.F32), []), BatchMode.Dense));
        Assert.Equal("TSR0525", output.Code);
    }

    private static void Refused(string reason, Func<GraphBuilder, Value> model, string? constraint = null, string[]? ragged = null)
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(model, ragged ?? ["n"], constraint), BatchMode.Packed));
        Assert.Equal("TSR0401", error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static Graph Single(Func<GraphBuilder, Value> model, string[] ragged, string? constraint = null)
    {
        GraphBuilder g = new(constraint is null ? [] : [Constraint.Parse(constraint)]);
        Value result = model(g);
        return new Graph
        {
            Name = "model",
            Builder = g,
            Inputs = [.. GraphWalk.PostOrder([result]).OfType<Ir.Ops.Input>().Select(static i => i.Outputs[0])],
            Outputs = [new GraphOutput("y", result)],
            Ragged = ragged,
        };
    }
}
