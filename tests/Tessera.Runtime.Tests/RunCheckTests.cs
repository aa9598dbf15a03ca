using Xunit;

namespace Tessera.Runtime.Tests;

/// <summary>What is checked before ONNX Runtime sees a run: one test for each error.</summary>
public sealed class RunCheckTests : IDisposable
{
    private readonly ModelSession _session = ModelSession.FromBytes(Models.SumAndProduct());

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Missing_input_is_named_with_its_type()
        => Fails.With("TSR0710", () => _session.Run(Rows("a", 2)), "'b'", "b: f32[n, 4]", "'a'");

    [Fact]
    public void Run_without_inputs_is_missing_them()
        => Fails.With("TSR0710", () => _session.Run(), "'a'", "none");

    [Fact]
    public void Unknown_input_is_named_beside_the_known_ones()
        => Fails.With("TSR0711", () => _session.Run(Rows("a", 2), Rows("B", 2)), "'B'", "'a', 'b'");

    [Fact]
    public void Duplicate_input_is_refused()
        => Fails.With("TSR0712", () => _session.Run(Rows("a", 2), Rows("b", 2), Rows("a", 2)), "'a'", "inputs 0 and 2");

    [Fact]
    public void Other_element_type_is_refused_with_both()
        => Fails.With("TSR0713", () => _session.Run(Rows("a", 2), TensorInput.From("b", new double[8], 2, 4)), "'b'", "f32", "f64", "float");

    [Fact]
    public void Raw_words_do_not_stand_for_f32()
        => Fails.With("TSR0713", () => _session.Run(Rows("a", 2), TensorInput.From("b", new ushort[8], 2, 4)), "u16");

    [Fact]
    public void Other_rank_is_refused_with_both_types()
        => Fails.With("TSR0714", () => _session.Run(Rows("a", 2), TensorInput.From("b", new float[8], 1, 2, 4)), "f32[n, 4]", "f32[1, 2, 4]", "2 ≠ 3");

    [Fact]
    public void Other_fixed_size_is_refused_with_both()
        => Fails.With("TSR0715", () => _session.Run(Rows("a", 2), TensorInput.From("b", new float[10], 2, 5)), "axis 1", "4 ≠ 5");

    [Fact]
    public void One_symbol_with_two_sizes_is_refused_with_both_inputs()
        => Fails.With("TSR0716", () => _session.Run(Rows("a", 2), Rows("b", 3)), "'b'", "'n' = 3", "input 'a' has 'n' = 2");

    [Theory]
    [InlineData(7, 2, 4)]
    [InlineData(9, 2, 4)]
    [InlineData(1, 0, 4)]
    [InlineData(0, 1, 4)]
    public void Elements_must_fill_the_shape(int elements, long rows, long columns)
        => Fails.With("TSR0717", () => TensorInput.From("a", new float[elements], rows, columns), "'a'", $"{elements} elements", $"{rows * columns}.");

    [Fact]
    public void Shape_without_sizes_is_a_scalar()
        => Fails.With("TSR0717", () => TensorInput.From("a", new float[4]), "[] has 1", "scalar");

    [Fact]
    public void Sizes_beyond_64_bits_do_not_wrap_around()
        => Fails.With("TSR0717", () => TensorInput.From("a", new float[16], 1L << 62, 4, 4, 1), "more than a 64-bit integer holds");

    [Fact]
    public void Negative_size_is_refused_even_beside_another()
        => Fails.With("TSR0718", () => TensorInput.From("a", new float[8], -2, -4), "[-2, -4]");

    [Fact]
    public void Element_without_a_tensor_type_is_refused()
        => Fails.With("TSR0724", () => TensorInput.From("a", new decimal[1], 1), "Decimal");

    [Fact]
    public void Default_input_is_refused()
        => Fails.With("TSR0726", () => _session.Run(Rows("a", 2), default), "input number 1");

    [Fact]
    public void Unknown_output_is_named_beside_the_known_ones()
        => Fails.With("TSR0720", () => RunInto(OutputBuffer.Allocate("difference")), "'difference'", "'sum', 'product'");

    [Fact]
    public void Default_output_is_refused()
        => Fails.With("TSR0720", () => RunInto([default]), "''");

    [Fact]
    public void Output_buffer_of_another_type_is_refused()
        => Fails.With("TSR0721", () => RunInto(OutputBuffer.Into("sum", new int[8], 2, 4)), "f32", "i32");

    [Fact]
    public void Duplicate_output_is_refused()
        => Fails.With("TSR0722", () => RunInto(OutputBuffer.Allocate("sum"), OutputBuffer.Allocate("sum")), "'sum'");

    [Theory]
    [InlineData(2, 3)]
    [InlineData(6, 1)]
    public void Output_buffer_of_another_fixed_size_is_refused(long rows, long columns)
        => Fails.With("TSR0725", () => RunInto(OutputBuffer.Into("sum", new float[6], rows, columns)), "f32[n, 4]", $"[{rows}, {columns}]");

    [Fact]
    public void Output_buffer_of_another_rank_is_refused()
        => Fails.With("TSR0725", () => RunInto(OutputBuffer.Into("sum", new float[4], 4)), "[4]");

    [Fact]
    public void Output_buffer_of_another_symbolic_size_fails_in_the_run_and_spares_the_buffer()
    {
        var buffer = new float[12];

        Fails.With("TSR0723", () => RunInto(OutputBuffer.Into("sum", buffer, 3, 4)));
        Assert.All(buffer, value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Result_without_that_output_says_so()
    {
        using var result = _session.Run(Rows("a", 1), Rows("b", 1));

        Fails.With("TSR0720", () => _ = result["nothing"], "'nothing'", "'sum', 'product'");
        Fails.With("TSR0721", () => result.Span<double>("sum"), "f32", "Double", "float");
        Fails.With("TSR0721", () => result["sum"].ToStrings(), "f32", "string");
    }

    [Fact]
    public void Sequence_input_is_refused()
    {
        using var session = ModelSession.FromBytes(Models.SequenceInput());

        Assert.False(session.Inputs[0].IsTensor);
        Fails.With("TSR0719", () => session.Run(TensorInput.From("s", new float[1], 1)), "'s'", "sequence");
    }

    [Fact]
    public void Sequence_output_is_no_span_but_stays_readable()
    {
        using var session = ModelSession.FromBytes(Models.SequenceOutput());
        using var result = session.Run(TensorInput.From("x", [1f, 2], 2));

        Fails.With("TSR0719", () => result.Span<float>("s"), "'s'");
        Fails.With("TSR0719", () => TensorInput.FromOrtValue("x", result["s"].Value), "'x'");
        Fails.With("TSR0719", () => session.Run([TensorInput.From("x", [1f], 1)], [OutputBuffer.Into("s", new float[1], 1)]), "'s'");
        Assert.Equal(1, result["s"].Value.GetValueCount());
    }

    [Fact]
    public void Failing_operator_is_reported_and_the_session_lives_on()
    {
        using var session = ModelSession.FromBytes(Models.Gather());

        Fails.With("TSR0723", () => session.Run(TensorInput.From("x", [1f, 2], 2), TensorInput.From("index", [5L], 1)), "in memory", "the run failed");
        using var result = session.Run(TensorInput.From("x", [1f, 2], 2), TensorInput.From("index", [1L], 1));
        Assert.Equal([2f], result.Span<float>("y"));
    }

    [Fact]
    public void Scalar_cannot_be_told_from_an_unknown_rank_and_takes_any_shape()
    {
        using var session = ModelSession.FromBytes(Models.CountingLoop());
        using var result = session.Run(TensorInput.Scalar("trips", 3L), TensorInput.From("x", [1L, 2], 2));

        Assert.Empty(session.Inputs[1].Dims);
        Assert.Equal([4L, 5], result.Span<long>("y"));
    }

    [Fact]
    public void Null_arguments_are_programming_errors()
    {
        Assert.Throws<ArgumentNullException>(() => TensorInput.From("a", (float[])null!, 1));
        Assert.Throws<ArgumentException>(() => TensorInput.From("", new float[1], 1));
        Assert.Throws<ArgumentNullException>(() => TensorInput.FromStrings("a", null!, 1));
        Assert.Throws<ArgumentException>(() => TensorInput.FromStrings("a", ["x", null!], 2));
        Assert.Throws<ArgumentNullException>(() => TensorInput.FromOrtValue("a", null!));
        Assert.Throws<ArgumentNullException>(() => OutputBuffer.Into("a", (float[])null!, 1));
        Assert.Throws<ArgumentException>(() => OutputBuffer.Allocate(""));
    }

    private static TensorInput Rows(string name, int rows) => TensorInput.From(name, new float[4 * rows], rows, 4);

    private RunResult RunInto(params ReadOnlySpan<OutputBuffer> outputs) => _session.Run([Rows("a", 2), Rows("b", 2)], outputs);
}
