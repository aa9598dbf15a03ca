using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;

namespace Tessera.Runtime.Tests;

public sealed class ModelSessionTests
{
    private static readonly float[] A = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly float[] B = [10, 20, 30, 40, 50, 60, 70, 80];

    [Fact]
    public void Session_runs_a_model_and_reads_outputs_by_name_and_index()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        using var result = session.Run(TensorInput.From("a", A, 2, 4), TensorInput.From("b", B, 2, 4));

        Assert.Equal([11f, 22, 33, 44, 55, 66, 77, 88], result.Span<float>("sum"));
        Assert.Equal([10f, 40, 90, 160, 250, 360, 490, 640], result.Span<float>(1));
        Assert.Equal([2L, 4], result["sum"].Dims);
        Assert.Equal(["sum", "product"], result.Select(output => output.Name));
        Assert.Equal("sum: f32[2, 4]", result[0].ToString());
    }

    [Fact]
    public void Session_takes_inputs_in_any_order_and_views_into_larger_memory()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        using var result = session.Run(TensorInput.From("b", B.AsMemory(4), 1, 4), TensorInput.From("a", (ReadOnlyMemory<float>)A.AsMemory(0, 4), 1, 4));

        Assert.Equal([51f, 62, 73, 84], result.Span<float>("sum"));
    }

    [Fact]
    public void Results_are_the_same_bits_wherever_an_array_lies()
    {
        Random random = new(3);
        float[] numbers = [.. Enumerable.Range(0, 7 * 768).Select(_ => (random.NextSingle() * 2) - 1)];
        double[] wide = [.. numbers.Select(static x => x / 3.0)];
        using var floats = ModelSession.FromBytes(Models.Mean(TensorElementType.Float));
        using var doubles = ModelSession.FromBytes(Models.Mean(TensorElementType.Double));

        Assert.Single(Enumerable.Range(0, 8).Select(offset => Mean(floats, numbers, offset)).Distinct());
        Assert.Single(Enumerable.Range(0, 8).Select(offset => Mean(doubles, wide, offset)).Distinct());
    }

    // Behind `offset` others, all in pinned memory: eight offsets are all places within 32 bytes.
    private static T Mean<T>(ModelSession session, T[] numbers, int offset)
        where T : unmanaged
    {
        var memory = GC.AllocateArray<T>(numbers.Length + 8, pinned: true);
        numbers.CopyTo(memory, offset);
        using var result = session.Run(TensorInput.From("x", memory.AsMemory(offset, numbers.Length), 7, 768));
        return result.Span<T>("y")[0];
    }

    [Fact]
    public void Session_tells_what_the_model_declares()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());

        Assert.Equal("(a: f32[n, 4], b: f32[n, 4]) → (sum: f32[n, 4], product: f32[n, 4])", session.ToString());
        Assert.Equal(new DimSpec(null, "n"), session.Inputs[0].Dims[0]);
        Assert.Equal(new DimSpec(4, null), session.Inputs[0].Dims[1]);
        Assert.Equal(TensorElementType.Float, session.Inputs[0].ElementType);
        Assert.Equal("tessera-tests", session.Producer);
        Assert.Equal("test", session.Metadata["purpose"]);
    }

    [Fact]
    public void Session_opens_a_file()
    {
        using var folder = new TempFolder();
        using var session = ModelSession.Open(folder.Write("model.onnx", Models.SumAndProduct()));
        using var result = session.Run(TensorInput.From("a", A, 2, 4), TensorInput.From("b", B, 2, 4));

        Assert.Equal(88f, result.Span<float>("sum")[7]);
    }

    [Fact]
    public void Output_goes_into_a_buffer_of_the_callers_and_only_those_asked_for_are_computed()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        var buffer = new float[9];
        using var result = session.Run(
            [TensorInput.From("a", A, 2, 4), TensorInput.From("b", B, 2, 4)],
            [OutputBuffer.Into("product", buffer.AsMemory(1), 2, 4)]);

        Assert.Equal([0f, 10, 40, 90, 160, 250, 360, 490, 640], buffer);
        Assert.Equal(["product"], result.Select(output => output.Name));
        Assert.True(result.Span<float>("product").Overlaps(buffer));
        Assert.Throws<InvalidOperationException>(() => result[0].Value);
    }

    [Fact]
    public void Buffers_and_allocated_outputs_mix_in_the_order_asked_for()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        var buffer = new float[8];
        using var result = session.Run(
            [TensorInput.From("a", A, 2, 4), TensorInput.From("b", B, 2, 4)],
            [OutputBuffer.Allocate("product"), OutputBuffer.Into("sum", buffer, 2, 4)]);

        Assert.Equal(["product", "sum"], result.Select(output => output.Name));
        Assert.Equal(640f, result.Span<float>("product")[7]);
        Assert.Equal(88f, buffer[7]);
    }

    [Fact]
    public void Output_of_one_run_is_input_of_the_next_without_a_copy()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        using var first = session.Run(TensorInput.From("a", A, 2, 4), TensorInput.From("b", B, 2, 4));
        using var second = session.Run(TensorInput.FromOrtValue("a", first["sum"].Value), TensorInput.From("b", B, 2, 4));

        Assert.Equal([21f, 42, 63, 84, 105, 126, 147, 168], second.Span<float>("sum"));
        Assert.Equal(11f, first.Span<float>("sum")[0]);
    }

    [Fact]
    public void Input_with_a_default_may_be_left_out()
    {
        using var session = ModelSession.FromBytes(Models.WithDefault());
        using var byDefault = session.Run(TensorInput.From("x", [10f, 20, 30], 3));
        using var given = session.Run(TensorInput.From("x", [10f, 20, 30], 3), TensorInput.From("bias", [5f, 5, 5], 3));

        Assert.Equal([11f, 22, 33], byDefault.Span<float>("y"));
        Assert.Equal([15f, 25, 35], given.Span<float>("y"));
        Assert.True(session.Inputs[1].IsOptional);
    }

    [Fact]
    public void Zero_sized_inputs_give_zero_sized_outputs()
    {
        using var session = ModelSession.FromBytes(Models.SumAndProduct());
        using var result = session.Run(TensorInput.From("a", Memory<float>.Empty, 0, 4), TensorInput.From("b", Array.Empty<float>(), 0, 4));
        using var bound = session.Run(
            [TensorInput.From("a", Array.Empty<float>(), 0, 4), TensorInput.From("b", Memory<float>.Empty, 0, 4)],
            [OutputBuffer.Into("sum", Memory<float>.Empty, 0, 4)]);

        Assert.Equal([0L, 4], result["sum"].Dims);
        Assert.True(result.Span<float>("sum").IsEmpty);
        Assert.True(bound.Span<float>("sum").IsEmpty);
    }

    [Fact]
    public void Scalars_go_in_and_out()
    {
        using var session = ModelSession.FromBytes(Models.CountingLoop());
        using var result = session.Run(TensorInput.Scalar("trips", 5L), TensorInput.Scalar("x", 37L));

        Assert.Equal([42L], result.Span<long>("y"));
        Assert.True(result["y"].Dims.IsEmpty);
    }

    [Fact]
    public void Options_reach_the_session()
    {
        var configured = false;
        var options = new ModelSessionOptions
        {
            IntraOpThreads = 1,
            AllowSpinning = false,
            FlushDenormals = true,
            UseMemoryArena = false,
            Optimization = GraphOptimizationLevel.ORT_DISABLE_ALL,
            Configure = native => configured = native is { IntraOpNumThreads: 1, EnableCpuMemArena: false, GraphOptimizationLevel: GraphOptimizationLevel.ORT_DISABLE_ALL },
        };
        using var session = ModelSession.FromBytes(Models.SumAndProduct(), options);
        using var result = session.Run(TensorInput.From("a", A, 2, 4), TensorInput.From("b", B, 2, 4));

        Assert.True(configured);
        Assert.Equal(88f, result.Span<float>("sum")[7]);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Fails.With("TSR0705", () => ModelSession.FromBytes(Models.SumAndProduct(), new() { IntraOpThreads = 0 }), "IntraOpThreads", "0", "1 or more");
        Fails.With("TSR0705", () => ModelSession.FromBytes(Models.SumAndProduct(), new() { IntraOpThreads = 100_000 }), "IntraOpThreads", "100000", "at most 1024");
        Fails.With("TSR0705", () => ModelSession.FromBytes(Models.SumAndProduct(), new() { InterOpThreads = -1 }), "InterOpThreads", "-1");
        Fails.With("TSR0705", () => Device.Cuda(-1), "Device", "-1", "0 or more");
    }

    [SkippableFact]
    public void Cuda_is_refused_by_a_build_without_it()
    {
        Skip.If(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "this build has the CUDA provider");
        Fails.With("TSR0704", () => ModelSession.FromBytes(Models.SumAndProduct(), new() { Device = Device.Cuda(0) }), "CUDA", "CPUExecutionProvider");
    }
}
