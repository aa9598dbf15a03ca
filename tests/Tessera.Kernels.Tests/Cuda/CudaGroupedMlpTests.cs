using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>The kernels' own sources, run on the CPU by the stub of the driver, in whole sessions.</summary>
public sealed unsafe class CudaGroupedMlpTests
{
    /// <summary>Every tile that tensor cores have, whole and in part, in one dimension or another.</summary>
    internal static readonly Dictionary<string, ExpertCase> s_tensor = new()
    {
        ["few rows"] = new() { Tokens = 5, Width = 264, Hidden = [40, 0, 72], OutputWidth = 40 },
        ["a deep product of few rows"] = new() { Tokens = 2, Width = 1048, Hidden = [520, 8], OutputWidth = 8, Activation = "silu", Gate = "separate" },
        ["some rows"] = new() { Tokens = 90, Width = 72, Hidden = [136, 128, 8], OutputWidth = 136, Activation = "relu" },
        ["some rows, gated in halves"] = new() { Tokens = 75, Width = 40, Hidden = [72, 136], OutputWidth = 24, Activation = "gelu", Gate = "concatenated", Limit = 0.3f, Beta = 1 },
        ["some rows, interleaved"] = new() { Tokens = 75, Width = 40, Hidden = [72, 200], OutputWidth = 24, Activation = "silu", Gate = "interleaved", Alpha = 1.702f },
        ["many rows"] = new() { Tokens = 330, Width = 40, Hidden = [136, 24, 0], OutputWidth = 136, Activation = "gelu_tanh" },
        ["many rows, weighted at the input"] = new() { Tokens = 300, Width = 72, Hidden = [72, 72], OutputWidth = 40, Gate = "separate", OnInput = true },
        ["many tiles of one expert"] = new() { Tokens = 1300, Width = 8, Hidden = [8, 136], OutputWidth = 8, Choices = 1, Ids = [.. Enumerable.Repeat(1L, 1300)] },
    };

    public static TheoryData<TensorElementType, double> Types => new()
    {
        { TensorElementType.Float, 2e-6 },
        { TensorElementType.Float16, 6e-4 },
        { TensorElementType.BFloat16, 5e-3 },
        { TensorElementType.Double, 1e-12 },
    };

    [SkippableTheory]
    [MemberData(nameof(Types))]
    public void Agrees_with_the_definition_whatever_the_order_of_threads(TensorElementType type, double tolerance)
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        foreach ((string name, ExpertCase c) in GroupedMlpKernelTests.Cases)
            Agrees(stub, domain, name, c, type, tolerance);
    }

    [SkippableTheory]
    [InlineData(TensorElementType.Float16, 6e-4)]
    [InlineData(TensorElementType.BFloat16, 5e-3)]
    public void Tensor_cores_agree_with_the_definition_whatever_the_order_of_threads(TensorElementType type, double tolerance)
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        foreach ((string name, ExpertCase c) in s_tensor)
        {
            stub.Calls();
            Agrees(stub, domain, name, c, type, tolerance);
            int tile = c.Tokens * c.Choices / c.Experts is var rows && rows >= 96 ? 128 : rows >= 24 ? 64 : 16;
            string kernel = $"({"experts_up_"}{(type == TensorElementType.Float16 ? "f16" : "bf16")}_{tile},";
            Assert.Contains(stub.Calls(), call => call.StartsWith("cuLaunchKernel" + kernel, StringComparison.Ordinal));
        }
    }

    [SkippableTheory]
    [InlineData(TensorElementType.Int8, false)]
    [InlineData(TensorElementType.UInt8, true)]
    [InlineData(ExpertCase.Int4, true)]
    [InlineData(ExpertCase.UInt4, false)]
    public void Quantised_weights_agree_with_the_definition(TensorElementType codes, bool zeroPoints)
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        ExpertCase c = new() { Tokens = 21, Width = 66, Hidden = [130, 130], OutputWidth = 34, Activation = "silu", Gate = "separate", Codes = codes, ZeroPoints = zeroPoints };
        foreach (TensorElementType type in (TensorElementType[])[TensorElementType.Float, TensorElementType.BFloat16, TensorElementType.Double])
        {
            foreach (int block in (int[])[0, 32])
                Agrees(stub, domain, $"blocks of {block}", c with { BlockSize = block }, type, type == TensorElementType.BFloat16 ? 5e-3 : 2e-6);
        }
    }

    [SkippableFact]
    public void Experts_that_are_constants_are_written_once_and_others_with_each_call()
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        ExpertCase c = new() { Tokens = 3, Hidden = [.. Enumerable.Repeat(8, 23)] };
        ExpertInputs inputs = new(c, TensorElementType.Float);
        foreach (bool constant in (bool[])[true, false])
        {
            using InferenceSession session = OrtRunner.Open(GroupedMlpSessionTests.Model(c, inputs, TensorElementType.Float, constant), 1, domain.AddTo);
            int Written() => stub.Calls().Count(static call => call.StartsWith("cuLaunchKernel(experts_table", StringComparison.Ordinal));
            Assert.Equal(constant ? 2 : 0, Written());
            for (int run = 0; run < 2; run++)
            {
                OrtRunner.Run(session, [.. GroupedMlpSessionTests.Inputs(c, inputs, TensorElementType.Float), .. constant ? [] : inputs.Tail]);
                Assert.Equal(constant ? 0 : 2, Written());
            }
        }
    }

    [SkippableTheory]
    [InlineData(1, "experts_order")]
    [InlineData(3000, "experts_count")]
    public void Launches_follow_each_other_in_order(int tokens, string first)
    {
        CudaStub stub = CudaStub.Create();
        ExpertCase c = new() { Tokens = tokens, Width = 8, Hidden = [8, 8], OutputWidth = 8 };
        ExpertInputs inputs = new(c, TensorElementType.Float16);
        using InferenceSession session = OrtRunner.Open(GroupedMlpSessionTests.Model(c, inputs, TensorElementType.Float16, true), 1, stub.Domain().AddTo);
        stub.Calls();
        OrtRunner.Run(session, GroupedMlpSessionTests.Inputs(c, inputs, TensorElementType.Float16));
        string[] launched = [.. stub.Calls().Where(static call => call.StartsWith("cuLaunch", StringComparison.Ordinal)).Select(static call => call.Split('(', ',')[1])];
        string tile = tokens == 1 ? "f16_16" : "f16_128";
        string[] order = tokens == 1 ? [first] : [first, "experts_sum_counts", "experts_place"];
        Assert.Equal([.. order, $"experts_up_{tile}", $"experts_down_{tile}", "experts_sum_f16"], launched);
    }

    [SkippableTheory]
    [InlineData("cuLaunchKernel", 1)]
    [InlineData("cuCtxSynchronize", 1)]
    [InlineData("cuKernelGetFunction", 9)]
    [InlineData("cuLibraryGetKernel", 3)]
    public void A_failure_of_the_driver_while_the_kernel_is_made_is_told_and_leaves_nothing_behind(string function, int call)
    {
        CudaStub stub = CudaStub.Create();
        ExpertCase c = new();
        byte[] model = GroupedMlpSessionTests.Model(c, new(c, TensorElementType.Float16), TensorElementType.Float16, true);
        stub.Fail(function, call);
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => OrtRunner.Open(model, 1, stub.Domain().AddTo));
        Assert.Contains("TSR1401", error.Message, StringComparison.Ordinal);
        Assert.Contains("the_node", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, stub.Depth);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_failure_of_a_launch_is_told_and_the_next_run_is_whole(int call)
    {
        CudaStub stub = CudaStub.Create();
        ExpertCase c = new();
        ExpertInputs inputs = new(c, TensorElementType.Float);
        using InferenceSession session = OrtRunner.Open(GroupedMlpSessionTests.Model(c, inputs, TensorElementType.Float, true), 1, stub.Domain().AddTo);
        RawTensor[] values = GroupedMlpSessionTests.Inputs(c, inputs, TensorElementType.Float);
        byte[] expected = OrtRunner.Run(session, values).Bytes;
        stub.Fail("cuLaunchKernel", call);
        OnnxRuntimeException error = Assert.Throws<OnnxRuntimeException>(() => OrtRunner.Run(session, values));
        Assert.Contains("TSR1401 GroupedMlp 'the_node' of Float [7, 24]: launching experts_", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, stub.Depth);
        Assert.Equal(expected, OrtRunner.Run(session, values).Bytes);
    }

    // Every way to give three experts up to seven rows, and larger ones about the tiles' and the groups' sizes.
    [SkippableTheory]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(16, 2)]
    public void Every_row_and_column_is_in_one_unit(int tileRows, int columns)
    {
        CudaStub stub = CudaStub.Create();
        delegate* unmanaged<int*, int*, int, int, int, long, long*, long> unit =
            (delegate* unmanaged<int*, int*, int, int, int, long, long*, long>)stub.Function("test_expert_unit");
        Random random = new(5);
        IEnumerable<int[]> counts = Enumerable.Range(0, 512).Select(static i => Enumerable.Range(0, 3).Select(e => (i >> (3 * e)) & 7).ToArray())
            .Concat(Enumerable.Range(0, 300).Select(_ => Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(3) == 0 ? 0 : random.Next(20 * tileRows)).ToArray()))
            .Append([.. Enumerable.Repeat(1, 1000)]).Append([0, 5000, 0]);
        long* found = stackalloc long[4];
        foreach (int[] rows in counts)
        {
            int[] start = new int[rows.Length + 1], tiles = new int[rows.Length + 1];
            for (int e = 0; e < rows.Length; e++)
                (start[e + 1], tiles[e + 1]) = (start[e] + rows[e], tiles[e] + ((rows[e] + tileRows - 1) / tileRows));
            int[] visits = new int[start[^1] * columns];
            fixed (int* starts = start, tile = tiles)
            {
                for (long i = 0; i < (long)tiles[^1] * columns; i++)
                {
                    Assert.Equal((long)tiles[^1] * columns, unit(starts, tile, rows.Length, tileRows, columns, i, found));
                    Assert.InRange(found[0], start[found[3]], start[found[3] + 1] - found[1]);
                    for (long row = found[0]; row < found[0] + found[1]; row++)
                        visits[(row * columns) + found[2]]++;
                }
            }

            Assert.All(visits, static v => Assert.Equal(1, v));
        }
    }

    [SkippableFact]
    public void Host_and_kernels_mean_the_same_memory()
    {
        CudaStub stub = CudaStub.Create();
        int Of(string name) => ((delegate* unmanaged<int>)stub.Function($"test_expert_{name}"))();
        Assert.Equal([Of("shared_128"), Of("shared_64"), Of("shared_16"), Of("shared_f32")], ExpertVariant.Of(TensorElementType.Float16).Select(static v => v.SharedBytes));
        Assert.Equal([Of("shared_f64")], ExpertVariant.Of(TensorElementType.Double).Select(static v => v.SharedBytes));
        Assert.Equal(KeyOrdering.SharedBytes, Of("shared_order"));
        Assert.Equal(Of("bytes"), Unsafe.SizeOf<DeviceExpert>());
        Assert.Equal(Of("arguments"), Unsafe.SizeOf<ExpertArguments>());
    }

    private static void Agrees(CudaStub stub, OpDomain domain, string name, ExpertCase c, TensorElementType type, double tolerance)
    {
        ExpertInputs inputs = new(c, type);
        double[] actual = GroupedMlpSessionTests.Run(c, inputs, type, constant: true, register: domain.AddTo);
        double error = Relative.Error(actual, NaiveExperts.Run(c, inputs));
        Assert.True(error <= tolerance, $"{name}: {error}");
        stub.Backwards(true);

        // Numbers of four bits have no name in the managed package, and cannot come with a call.
        bool constant = c.Codes is ExpertCase.Int4 or ExpertCase.UInt4;
        Assert.Equal(actual, GroupedMlpSessionTests.Run(c, inputs, type, constant, register: domain.AddTo));
        stub.Backwards(false);
    }
}
