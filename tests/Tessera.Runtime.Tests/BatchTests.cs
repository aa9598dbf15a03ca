using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class BatchTests
{
    // Three examples of 2, 0 and 1 tokens, each token two floats.
    private static readonly float[][] Tokens = [[1, 2, 3, 4], [], [5, 6]];
    private static readonly int[][] Ids = [[10, 11], [], [12]];

    [Fact]
    public void Example_that_is_null_is_named_and_not_taken_for_an_empty_one()
    {
        float[]?[] examples = [[1, 2], null, [3]];
        var error = Assert.Throws<TesseraRuntimeException>(() => new BatchBuilder().AddTokens<float>("x", "n", examples!));
        Assert.Equal("TSR0740 feature 'x': example 1 is null. An example without tokens is an empty array.", error.Message);
        Assert.Equal("TSR0740", Assert.Throws<TesseraRuntimeException>(() => new BatchBuilder().AddRows<float>("x", examples!, 2)).Code);
    }

    [Fact]
    public void Packed_batch_lays_examples_one_after_another()
    {
        var batch = new BatchBuilder().AddTokens("x", "n", Tokens, 2).AddTokens("ids", "n", Ids).Pack();

        Assert.Equal(3, batch.Count);
        Assert.Equal(["x: f32[3, 2]", "ids: i32[3]", "cu_seqlens_n: i32[4]"], batch.Inputs.ToArray().Select(input => input.ToString()));
        Assert.Equal([0, 2, 2, 3], batch.Partition("n").CuSeqlens.ToArray());
        Assert.Equal([1f, 2, 3, 4, 5, 6], Echo<float>(batch.Inputs[0]));
        Assert.Equal([10, 11, 12], Echo<int>(batch.Inputs[1]));
        Assert.Equal([0, 2, 2, 3], Echo<int>(batch.Inputs[2]));
        Assert.Equal("3 examples; n: 3 examples, 3 tokens", batch.ToString());
    }

    [Fact]
    public void Each_example_follows_all_rows_of_those_before_it()
    {
        var batch = new BatchBuilder().AddTokens("x", "n", [[1f, 2, 3, 4, 5, 6], [7, 8], [9, 10, 11, 12]], 2).Pack();
        Assert.Equal([1f, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], Echo<float>(batch.Inputs[0]));
    }

    [Fact]
    public void Padded_batch_fills_up_with_zeros_and_tells_the_lengths()
    {
        var batch = new BatchBuilder().AddTokens("x", "n", Tokens, 2).AddRows("label", [[7L], [8L], [9L]]).Pad();

        Assert.Equal(["x: f32[3, 2, 2]", "label: i64[3]", "lengths_n: i32[3]"], batch.Inputs.ToArray().Select(input => input.ToString()));
        Assert.Equal([1f, 2, 3, 4, 0, 0, 0, 0, 5, 6, 0, 0], Echo<float>(batch.Inputs[0]));
        Assert.Equal([2, 0, 1], Echo<int>(batch.Inputs[2]));
    }

    [Fact]
    public void Two_ragged_symbols_have_a_partition_each()
    {
        var batch = new BatchBuilder().AddTokens("q", "n", Ids).AddTokens("k", "m", [[1], [2, 3], [4]]).Pack();

        Assert.Equal([0, 2, 2, 3], batch.Partition("n").CuSeqlens.ToArray());
        Assert.Equal([0, 1, 3, 4], batch.Partition("m").CuSeqlens.ToArray());
        Assert.Equal(["q", "k", "cu_seqlens_n", "cu_seqlens_m"], batch.Inputs.ToArray().Select(input => input.Name));
        Fails.With("TSR0739", () => batch.Partition("x"), "'x'", "'n', 'm'");
    }

    [Fact]
    public void Unpacking_gives_each_example_its_own_rows()
    {
        var packed = new BatchBuilder().AddTokens("x", "n", Tokens, 2).Pack();
        using var session = ModelSession.FromBytes(Models.Identity(TensorElementType.Float, "t", 2));
        using var result = session.Run(packed.Inputs[0]);

        for (var example = 0; example < 3; example++)
            Assert.Equal(Tokens[example], packed.Tokens<float>(result["y"], "n", example));
        Assert.Equal([5f, 6], packed.Row<float>(result["y"], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Tokens<float>(result["y"], "n", 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Row<float>(result["y"], -1));
    }

    [Fact]
    public void Unpacking_a_padded_output_drops_the_padding()
    {
        var padded = new BatchBuilder().AddTokens("x", "n", Tokens, 2).Pad();
        using var session = ModelSession.FromBytes(Models.Identity(TensorElementType.Float, "b", "t", 2));
        using var result = session.Run(padded.Inputs[0]);

        for (var example = 0; example < 3; example++)
            Assert.Equal(Tokens[example], padded.Tokens<float>(result["y"], "n", example));
        Assert.Equal([5f, 6, 0, 0], padded.Row<float>(result["y"], 2));
    }

    [Fact]
    public void Output_with_another_first_axis_is_no_batch()
    {
        var batch = new BatchBuilder().AddTokens("x", "n", Tokens, 2).Pack();
        var padded = new BatchBuilder().AddTokens("x", "n", Tokens, 2).Pad();
        using var session = ModelSession.FromBytes(Models.Identity(TensorElementType.Float, "t", 2));
        using var result = session.Run(TensorInput.From("x", new float[10], 5, 2));
        using var three = session.Run(TensorInput.From("x", new float[6], 3, 2));
        using var scalars = ModelSession.FromBytes(Models.Identity(TensorElementType.Float));
        using var scalar = scalars.Run(TensorInput.Scalar("x", 1f));

        Fails.With("TSR0737", () => batch.Tokens<float>(result["y"], "n", 0), "'y'", "[5, 2]", "3, the tokens of 'n'");
        Fails.With("TSR0737", () => batch.Row<float>(result["y"], 0), "3, the number of examples");
        Fails.With("TSR0737", () => batch.Row<float>(scalar["y"], 0), "[]");
        Assert.Equal(2, padded.Tokens<float>(three["y"], "n", 0).Length);
        using var wide = ModelSession.FromBytes(Models.Identity(TensorElementType.Float, 3, 3));
        using var wrong = wide.Run(TensorInput.From("x", new float[9], 3, 3));
        Fails.With("TSR0737", () => padded.Tokens<float>(wrong["y"], "n", 0), "second axis should be 2");
    }

    [Fact]
    public void Batch_of_nothing_is_refused()
    {
        Fails.With("TSR0730", () => new BatchBuilder().AddTokens("x", "n", Array.Empty<float[]>(), 2), "'n'", "0 examples");
        Fails.With("TSR0730", () => new BatchBuilder().AddRows("x", Array.Empty<float[]>(), 2), "'x'");
        Fails.With("TSR0730", () => new BatchBuilder().Pack(), "no features");
        Fails.With("TSR0730", () => new BatchBuilder().Pad(), "no features");
    }

    [Fact]
    public void Elements_that_are_no_whole_rows_are_refused()
    {
        Fails.With("TSR0731", () => new BatchBuilder().AddTokens("x", "n", [[1f, 2], [3]], 2), "'x'", "example 1", "1 elements", "[2] = 2");
        Fails.With("TSR0731", () => new BatchBuilder().AddRows("x", [[1f, 2], [3, 4, 5, 6]], 2), "example 1", "4 elements");
        Fails.With("TSR0731", () => new BatchBuilder().AddTokens("x", "n", [[1f]], 0), "1 elements");
        Fails.With("TSR0718", () => new BatchBuilder().AddTokens("x", "n", [[1f]], -1), "[-1]");
    }

    [Fact]
    public void Features_of_one_symbol_must_have_the_same_lengths()
        => Fails.With("TSR0731", () => new BatchBuilder().AddTokens("x", "n", Tokens, 2).AddTokens("ids", "n", [[1, 2], [3], [4]]), "'ids'", "example 1", "has 1 rows over 'n'", "'x' has 0");

    [Fact]
    public void Features_must_have_the_same_number_of_examples()
        => Fails.With("TSR0736", () => new BatchBuilder().AddTokens("x", "n", Tokens, 2).AddRows("y", [[1f]]), "'y'", "1 examples", "'x' has 3");

    [Fact]
    public void Feature_is_added_once()
        => Fails.With("TSR0738", () => new BatchBuilder().AddRows("x", [[1f]]).AddRows("x", [[1f]]), "'x'");

    [Fact]
    public void Batch_over_its_budget_is_refused()
    {
        var builder = new BatchBuilder().AddTokens("x", "n", Tokens, 2);

        Assert.Equal(3, builder.Pack(tokenBudget: 3).Partition("n").Tokens);
        Fails.With("TSR0733", () => builder.Pack(tokenBudget: 2), "'n'", "3 tokens", "budget is 2");
    }

    [Fact]
    public void Tokens_beyond_int32_are_refused()
        => Fails.With("TSR0732", () => RaggedPartition.FromLengths("n", [int.MaxValue, 0, 1]), "2147483648 tokens", "example 2", "2147483647");

    [Fact]
    public void Partition_tells_lengths_and_rows()
    {
        var partition = RaggedPartition.FromLengths("n", [3, 0, 5]);

        Assert.Equal((3, 8, 5), (partition.Count, partition.Tokens, partition.MaxLength));
        Assert.Equal([3, 0, 5], Enumerable.Range(0, 3).Select(partition.Length));
        Assert.Equal(3..8, partition.Rows(2));
        Assert.True(partition.SameLengths(RaggedPartition.FromCuSeqlens("m", [0, 3, 3, 8])));
        Assert.False(partition.SameLengths(RaggedPartition.FromLengths("n", [3, 5, 0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => partition.Length(3));
    }

    [Fact]
    public void Partition_refuses_what_is_none()
    {
        Fails.With("TSR0734", () => RaggedPartition.FromLengths("n", [1, -2]), "example 1", "-2");
        Fails.With("TSR0730", () => RaggedPartition.FromLengths("n", []));
        Fails.With("TSR0730", () => RaggedPartition.FromCuSeqlens("n", [0]));
        Fails.With("TSR0735", () => RaggedPartition.FromCuSeqlens("n", [1, 2]), "starts at 1");
        Fails.With("TSR0735", () => RaggedPartition.FromCuSeqlens("n", [0, 4, 3]), "index 2", "from 4 to 3");
        Fails.With("TSR0737", () => RaggedPartition.FromLengths("n", [1, 2]).Slice(new float[4].AsSpan(), 0), "4 elements", "3 rows");
    }

    private static T[] Echo<T>(TensorInput input)
        where T : unmanaged
    {
        object[] dims = [.. input.Dims.ToArray().Select((_, axis) => $"d{axis}")];
        using var session = ModelSession.FromBytes(Models.Identity(input.ElementType, dims));
        using var result = session.Run(Renamed(input));
        return result["y"].ToArray<T>();

        static TensorInput Renamed(TensorInput input) => input.WithName("x");
    }
}
