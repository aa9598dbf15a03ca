using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

public sealed class PackedAttentionSessionTests
{
    private static readonly AttentionCase s_case = new() { Queries = [3, 200, 0, 70], HeadDim = 16, ValueDim = 16 };

    public static TheoryData<string, TensorElementType, double> AllCases()
    {
        TheoryData<string, TensorElementType, double> data = [];
        foreach (string name in Grid.Cases.Keys)
        {
            data.Add(name, TensorElementType.Float, name == "sharp logits" ? 3e-5 : 3e-6);
            data.Add(name, TensorElementType.Float16, 6e-4);
            data.Add(name, TensorElementType.BFloat16, 5e-3);
            // Compared after rounding to f32.
            data.Add(name, TensorElementType.Double, 1e-7);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(AllCases))]
    public void Session_runs_the_kernel_in_every_element_type(string name, TensorElementType type, double tolerance)
    {
        AttentionCase c = Grid.Cases[name];
        var inputs = AttentionRunner.Inputs.Of(c, AttentionModel.StorageOf(type));
        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(c, type), threads: c.CuQ[^1] > 100 ? 2 : 1);
        (long[] shape, byte[] bytes) = OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs));
        Assert.Equal([c.CuQ[^1], c.Heads, c.ValueDim], shape);
        Assert.InRange(Relative.Error(AttentionModel.Decode(bytes, type), inputs.Reference(c)), 0, tolerance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Session_gives_the_bits_of_the_kernel(int threads)
    {
        var inputs = AttentionRunner.Inputs.Of(s_case, Storage.F32);
        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(s_case, TensorElementType.Float), threads);
        byte[] bytes = OrtRunner.Run(session, AttentionModel.Inputs(s_case, TensorElementType.Float, inputs)).Bytes;
        float[] direct = AttentionRunner.Run(s_case, inputs, Storage.F32, InstructionSets.Best);
        Assert.Equal(AttentionRunner.Encode(direct, Storage.F32), bytes);
    }

    [Fact]
    public void Missing_attributes_take_their_defaults()
    {
        ModelValue[] inputs =
        [
            new("q", TensorElementType.Float, "t", 2, 16), new("k", TensorElementType.Float, "t", 2, 16), new("v", TensorElementType.Float, "t", 2, 16),
            new("cu_q", TensorElementType.Int32, "b"), new("cu_k", TensorElementType.Int32, "b"),
        ];
        byte[] model = OneNodeModel.Create("PackedAttention", inputs, new("out", TensorElementType.Float, "t", 2, 16));
        var x = AttentionRunner.Inputs.Of(s_case, Storage.F32);
        using InferenceSession session = OrtRunner.Open(model, 1);
        byte[] bytes = OrtRunner.Run(session, AttentionModel.Inputs(s_case, TensorElementType.Float, x)).Bytes;
        Assert.InRange(Relative.Error(AttentionRunner.Decode(bytes, Storage.F32), x.Reference(s_case)), 0, 3e-6);
    }

    [Fact]
    public void An_attribute_of_the_wrong_type_is_refused()
    {
        ModelValue[] inputs =
        [
            new("q", TensorElementType.Float, "t", 2, 16), new("k", TensorElementType.Float, "t", 2, 16), new("v", TensorElementType.Float, "t", 2, 16),
            new("cu_q", TensorElementType.Int32, "b"), new("cu_k", TensorElementType.Int32, "b"),
        ];
        byte[] model = OneNodeModel.Create("PackedAttention", inputs, new("out", TensorElementType.Float, "t", 2, 16), ("scale", 3));
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => OrtRunner.Open(model, 1));
        Assert.Contains("TSR1301 PackedAttention 'the_node': attribute 'scale'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_shape_is_inferred()
    {
        AttentionCase c = s_case with { ValueDim = 5 };
        byte[] model = AttentionModel.Create(c, TensorElementType.Float16);
        using InferenceSession session = OrtRunner.Open(model, 1);
        NodeMetadata output = session.OutputMetadata["out"];
        Assert.Equal(TensorElementType.Float16, output.ElementDataType);
        Assert.Equal([-1, 2, 5], output.Dimensions);
    }

    [Theory]
    [InlineData(new int[0], "TSR1304 PackedAttention 'the_node': the lengths of cu_q and cu_k differ: 0 ≠ 5.")]
    [InlineData(new[] { 0, 3, 203, 203, 272 }, "TSR1313 PackedAttention 'the_node': cu_q ends at 272, but there are 273 tokens.")]
    [InlineData(new[] { 0, 3, 203, 203, 999999 }, "cu_q ends at 999999")]
    [InlineData(new[] { 1, 3, 203, 203, 273 }, "TSR1311 PackedAttention 'the_node': cu_q[0] is 1")]
    [InlineData(new[] { 0, 300, 203, 203, 273 }, "TSR1312 PackedAttention 'the_node': cu_q[2] is 203, below cu_q[1], which is 300")]
    [InlineData(new[] { 0, -5, 203, 203, 273 }, "TSR1312")]
    [InlineData(new[] { 0, 3, 273 }, "the lengths of cu_q and cu_k differ: 3 ≠ 5.")]
    public void Lying_boundaries_are_refused(int[] cuQ, string message)
    {
        var inputs = AttentionRunner.Inputs.Of(s_case, Storage.F32);
        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(s_case, TensorElementType.Float), 2);
        RawTensor[] tensors = AttentionModel.Inputs(s_case, TensorElementType.Float, inputs, cuQ);
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => OrtRunner.Run(session, tensors));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        ModelValue Free(string name, int rank) =>
            new(name, TensorElementType.Float, [.. Enumerable.Range(0, rank).Select(i => (object)$"{name}{i}")]);
        ModelValue[] inputs = [Free("q", 3), Free("k", 3), Free("v", 3), new("cu_q", TensorElementType.Int32, "b"), new("cu_k", TensorElementType.Int32, "c")];
        using InferenceSession session = OrtRunner.Open(OneNodeModel.Create("PackedAttention", inputs, Free("out", 3)), 1);
        (long[] Q, long[] K, long[] V, string Message)[] lies =
        [
            ([4, 2, 8], [4, 2, 9], [4, 2, 8], "TSR1304 PackedAttention 'the_node': q's and k's head_dim differ: 8 ≠ 9."),
            ([4, 2, 8], [4, 2, 8], [5, 2, 8], "k's and v's tokens differ: 4 ≠ 5."),
            ([4, 2, 8], [4, 2, 8], [4, 1, 8], "k's and v's heads differ: 2 ≠ 1."),
            ([4, 3, 8], [4, 2, 8], [4, 2, 8], "TSR1305 PackedAttention 'the_node': q is [4, 3, 8], k is [4, 2, 8]"),
            ([4, 2, 0], [4, 2, 0], [4, 2, 8], "TSR1305"),
        ];
        foreach ((long[] q, long[] k, long[] v, string message) in lies)
        {
            RawTensor Zeros(string name, long[] shape) => RawTensor.Of(name, TensorElementType.Float, shape, new float[shape.Aggregate((a, b) => a * b)]);
            RawTensor[] tensors = [Zeros("q", q), Zeros("k", k), Zeros("v", v), RawTensor.Of("cu_q", TensorElementType.Int32, [2], (int[])[0, 4]), RawTensor.Of("cu_k", TensorElementType.Int32, [2], (int[])[0, 4])];
            OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => OrtRunner.Run(session, tensors));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Concurrent_runs_share_a_kernel()
    {
        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(s_case, TensorElementType.Float), 2);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, t =>
        {
            AttentionCase c = s_case with { Seed = t, Queries = [t, 10 * t, 64] };
            var inputs = AttentionRunner.Inputs.Of(c, Storage.F32);
            byte[] expected = AttentionRunner.Encode(AttentionRunner.Run(c, inputs, Storage.F32, InstructionSets.Best), Storage.F32)!;
            for (int n = 0; n < 20; n++)
                Assert.Equal(expected, OrtRunner.Run(session, AttentionModel.Inputs(c, TensorElementType.Float, inputs)).Bytes);
        });
    }

    [Fact]
    public void Registering_again_and_again_leaves_every_session_working()
    {
        var inputs = AttentionRunner.Inputs.Of(s_case, Storage.F32);
        byte[] model = AttentionModel.Create(s_case, TensorElementType.Float);
        RawTensor[] tensors = AttentionModel.Inputs(s_case, TensorElementType.Float, inputs);
        byte[][] results = new byte[24][];
        Parallel.For(0, results.Length, n =>
        {
            using InferenceSession session = OrtRunner.Open(model, 1);
            results[n] = OrtRunner.Run(session, tensors).Bytes;
        });
        Assert.All(results, r => Assert.Equal(results[0], r));
    }

    [Fact]
    public void The_list_of_ops_names_what_is_registered() =>
        Assert.Contains(TesseraOps.All, op => op is { Name: "PackedAttention" } && op.Types.Contains(TensorElementType.BFloat16));
}
