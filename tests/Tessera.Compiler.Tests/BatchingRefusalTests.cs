using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Tests.Conformance.Forms;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Passes.Batching;
using Xunit;

namespace Tessera.Compiler.Tests;

/// <summary>What would let one example see another is refused by name, with the smallest reason.</summary>
public class BatchingRefusalTests
{
    [Fact]
    public void Product_over_the_ragged_axis() => Refused(
        "of which both do not have the same tokens",
        static g => g.MatMul(g.In("x", "f32[3, n]"), g.In("y", "f32[p, 4]")),
        constraint: "n == p");

    [Fact]
    public void Product_of_two_ragged_operands() => Refused(
        "for each pair of tokens",
        static g => g.MatMul(g.In("x", "f32[n, 3]"), g.Transpose(g.In("y", "f32[n, 3]"), [1, 0])));

    [Fact]
    public void Mask_over_all_pairs_of_tokens() => Refused(
        "no packed form",
        static g => g.Attention(g.In("q", "f32[n, 2, 4]"), g.In("k", "f32[n, 2, 4]"), g.In("v", "f32[n, 2, 4]"), mask: g.Param("mask", "f32[1, 1, 1]"))[0]);

    [Fact]
    public void Attention_ragged_along_its_heads() => Refused(
        "not along its tokens",
        static g => g.Attention(g.In("q", "f32[3, 2, 4]"), g.In("k", "f32[3, 2, 4]"), g.Transpose(g.In("v", "f32[2, 3, n]"), [1, 0, 2]))[0]);

    [Fact]
    public void Bias_that_differs_by_example() => Refused(
        "must be a weight",
        static g => g.Attention(g.In("q", "f32[n, 2, 4]"), g.In("k", "f32[n, 2, 4]"), g.In("v", "f32[n, 2, 4]"), bias: g.In("bias", "f32[2, 5]"))[0]);

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
    public void Fixed_size_that_meets_the_ragged_axis() => Refused(
        "of fixed size meets the ragged axis",
        static g => g.Add(g.In("x", "f32[n, 3]"), g.In("y", "f32[p, 3]")),
        constraint: "n == p");

    [Fact]
    public void Ragged_axis_that_meets_a_fixed_size() => Refused(
        "is ragged and meets sizes",
        static g => g.Add(g.In("x", "f32[n, 3]"), g.Param("w", "f32[4, 3]")),
        constraint: "n == 4");

    [Fact]
    public void Result_with_two_ragged_axes() => Refused(
        "two ragged axes",
        static g => g.Mul(g.In("x", "f32[n, 1]"), g.Reshape(g.In("x", "f32[n, 1]"), [1, Dim.Sym("n")])));

    [Fact]
    public void Input_with_two_ragged_axes()
    {
        TesseraException error = Assert.Throws<TesseraException>(() => BatchPass.Run(Single(static g => g.Relu(g.In("x", "f32[n, n]")), ["n"]), BatchMode.Packed));
        Assert.Equal("TSR0522", error.Code);
    }

    [Fact]
    public void Matrix_of_an_example_times_one_of_each_token() => Refused(
        "are no columns",
        static g => g.MatMul(g.In("w", "f32[2, 3]"), g.In("x", "f32[n, 3, 4]")));

    [Fact]
    public void Matrix_of_each_token_times_one_of_the_example() => Refused(
        "are no rows",
        static g => g.MatMul(g.In("x", "f32[n, 3, 4]"), g.In("w", "f32[4, 2]")));

    [Fact]
    public void Reshape_within_an_axis_beside_the_ragged_one() => Refused(
        "moves elements across the ragged axis",
        static g => g.Reshape(g.In("x", "f32[2, n, 4]"), [2, Dim.Sym("n") * 2, 2]));

    [Fact]
    public void Reshape_of_what_stands_before_the_ragged_axis() => Refused(
        "moves elements across the ragged axis",
        static g => g.Reshape(g.In("x", "f32[2, n, 6]"), [Dim.Sym("n"), 12]));

    [Fact]
    public void Reshape_to_something_before_the_ragged_axis() => Refused(
        "moves elements across the ragged axis",
        static g => g.Reshape(g.In("x", "f32[n, 6]"), [2, Dim.Sym("n"), 3]));

    [Fact]
    public void Squeeze_of_the_ragged_axis() => Refused(
        "removes the ragged axis",
        static g => g.Squeeze(g.In("x", "f32[n, 3]"), [0]),
        constraint: "n == 1");

    [Fact]
    public void Pad_filled_by_example() => Refused(
        "fill differs by example",
        static g => g.Pad(g.In("x", "f32[n, 3]"), [0, 1, 0, 1], fill: g.In("f", "f32[]")));

    [Fact]
    public void Pad_by_the_length() => Refused(
        "differ by example",
        static g => BesideTokens(g, g.Pad(g.In("x", "f32[3]"), [0, Dim.Sym("n")])));

    [Fact]
    public void One_hot_as_deep_as_the_example() => Refused(
        "depth or values differ by example",
        static g => BesideTokens(g, g.OneHot(g.In("i", "i64[3]"), g.Param("v", "f32[2]"), Dim.Sym("n"))));

    [Fact]
    public void Slice_of_a_fixed_axis_by_the_length() => Refused(
        "the same for all examples",
        static g => g.Slice(g.In("x", "f32[n, 4]"), [0], [Dim.Sym("n")], [1]),
        constraint: "4 >= n");

    [Fact]
    public void As_many_best_as_tokens() => Refused(
        "k = n differs by example", static g => g.TopK(g.In("x", "f32[n, 3]"), Dim.Sym("n"), axis: 1)[0], constraint: "3 >= n");

    [Fact]
    public void Kernel_that_differs_by_example() => Refused(
        "its w differs by example", static g => g.Conv(g.In("x", "f32[n, 2, 5]"), g.In("w", "f32[3, 2, 1]")));

    [Fact]
    public void Example_shorter_than_a_kernel_fails_in_a_bare_runtime()
    {
        TensorContent kernel = TensorContent.From(DType.F32, [1, 2, 4], [1f, 2, 3, 4, 5, 6, 7, 8]);
        Graph packed = BatchPass.Run(
            Single(g => g.Conv(g.Unsqueeze(g.Transpose(g.In("x", "f32[n, 2]"), [1, 0]), [0]), g.Constant(kernel)), ["n"]), BatchMode.Packed);
        using OrtRun run = new(OnnxEmitter.Emit(packed, new EmitOptions { Target = EmitTarget.Portable }).ToBytes());
        RefTensor Run(params long[] lengths) => (RefTensor)run.Run(new Dictionary<string, RefValue>
        {
            ["x"] = Form.F((int)lengths.Sum(), 2),
            ["cu_seqlens_n"] = RefTensor.Ints(DType.I32, [lengths.Length + 1], [0, .. lengths.Select((_, i) => lengths.Take(i + 1).Sum())]),
        })[0];
        Assert.Equal(3, Run(5, 4).Dims[0]);
        Assert.Throws<OnnxRuntimeException>(() => Run(5, 2));
    }

    [Fact]
    public void Angles_that_depend_on_the_example_alone() => Refused(
        "its angles depend on the example",
        static g => BesideTokens(g, g.RotaryEmbedding(g.Param("x", "f32[5, 2, 6]"), g.In("c", "f32[5, 3]"), g.In("s", "f32[5, 3]"))));

    [Fact]
    public void Attention_with_a_batch_axis() => Refused(
        "a batch axis of its own",
        static g => g.Attention(g.In("q", "f32[2, n, 2, 4]"), g.In("k", "f32[2, n, 2, 4]"), g.In("v", "f32[2, n, 2, 4]"))[0]);

    [Fact]
    public void Elements_picked_at_indices_that_are_not_ragged() => Refused(
        "operands must be ragged alike", static g => g.GatherElements(g.In("x", "f32[n, 3]"), g.In("i", "i64[2, 3]"), axis: 1));

    [Fact]
    public void Elements_picked_at_indices_of_another_length() => Refused(
        "operands must be ragged alike",
        static g => g.GatherElements(g.In("x", "f32[n, 3]"), g.In("i", "i64[m, 3]"), axis: 1),
        constraint: "n >= m",
        ragged: ["n", "m"]);

    [Fact]
    public void Columns_of_lengths_that_do_not_align() => Refused(
        "do not align",
        static g => g.Concat([g.In("x", "f32[n, 3]"), g.In("y", "f32[m, 3]")], 1),
        constraint: "n == m",
        ragged: ["n", "m"]);

    [Fact]
    public void Columns_gathered_by_example() => Refused(
        "beside the ragged axis", static g => g.Gather(g.In("x", "f32[n, 3]"), g.In("i", "i64[2]"), axis: 1));

    [Fact]
    public void Last_of_the_largest() => Refused(
        "the last might be padding itself",
        static g => g.ArgMax(g.In("x", "f32[n, 3]"), axis: 0, selectLastIndex: true),
        constraint: "n >= 1");

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

    // Some input has to carry n.
    private static Value BesideTokens(GraphBuilder g, Value value) => g.Add(value, g.ReduceSum(g.In("tokens", "f32[n]"), keepDims: false));

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
