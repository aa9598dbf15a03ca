using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>The kernel's own source, run on the CPU by the stub of the driver.</summary>
public unsafe class CudaAttentionTests
{
    public static TheoryData<TensorElementType, double> Types => new()
    {
        { TensorElementType.Float, 3e-6 },
        { TensorElementType.Float16, 6e-4 },
        { TensorElementType.BFloat16, 5e-3 },
        { TensorElementType.Double, 1e-7 },
    };

    [SkippableTheory]
    [MemberData(nameof(Types))]
    public void Agrees_with_the_definition_whatever_the_order_of_threads(TensorElementType type, double tolerance)
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        // Two parts of values, and as many heads: which is which must not be mixed up.
        AttentionCase parts = new() { Queries = [20, 3], Heads = 4, KeyHeads = 2, ValueDim = 136 };
        foreach ((string name, AttentionCase c) in Grid.Cases.Append(new("two parts", parts)))
        {
            var inputs = AttentionRunner.Inputs.Of(c, AttentionModel.StorageOf(type));
            using InferenceSession session = OrtRunner.Open(AttentionModel.Create(c, type), 1, domain.AddTo);
            (long[] shape, byte[] forwards) = OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs));
            Assert.Equal([c.CuQ[^1], c.Heads, c.ValueDim], shape);
            double error = Relative.Error(AttentionModel.Decode(forwards, type), inputs.Reference(c));
            Assert.True(error <= (name == "sharp logits" ? 10 : 1) * tolerance, $"{name}: {error}");
            stub.Backwards(true);
            Assert.Equal(forwards, OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs)).Bytes);
            stub.Backwards(false);
        }
    }

    // Poison in neighbouring segments, and in keys and values that a query does not see, reaches nothing.
    [SkippableTheory]
    [InlineData(TensorElementType.Float, 0)]
    [InlineData(TensorElementType.Float16, 0)]
    [InlineData(TensorElementType.BFloat16, 0)]
    [InlineData(TensorElementType.Float16, 256)]
    [InlineData(TensorElementType.BFloat16, 256)]
    public void Nothing_leaks_from_where_a_query_does_not_look(TensorElementType type, int headDim)
    {
        OpDomain domain = CudaStub.Create().Domain();
        AttentionCase c = new() { Queries = [5, 40, 3], Causal = true };
        c = headDim == 0 ? c : c with { HeadDim = headDim, ValueDim = headDim };
        var inputs = AttentionRunner.Inputs.Of(c, AttentionModel.StorageOf(type));
        double[] expected = inputs.Reference(c);
        int row = c.KeyHeads * c.HeadDim, first = 5 + 20;
        foreach (float[] poisoned in (float[][])[inputs.K, inputs.V])
        {
            // All keys of the outer segments, and those of the middle one that its first twenty queries do not see.
            poisoned.AsSpan(0, 5 * row).Fill(float.NaN);
            poisoned.AsSpan(first * row).Fill(float.NaN);
        }

        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(c, type), 1, domain.AddTo);
        float[] actual = AttentionModel.Decode(OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs)).Bytes, type);
        Range seen = (5 * row)..(first * row);
        Assert.InRange(Relative.Error(actual[seen], expected[seen]), 0, type == TensorElementType.Float ? 3e-6 : 5e-3);
        Assert.All(actual[..(5 * row)].Concat(actual[(first * row)..]), static x => Assert.True(float.IsNaN(x)));
    }

    // Every way to cut up to 28 tokens in four, and cuts about the tile's size, and many segments: a tile is one segment's, every query is in one,
    // and segments of more tiles come first.
    [SkippableTheory]
    [InlineData(16)]
    [InlineData(64)]
    public void Every_query_is_in_one_tile_and_long_segments_come_first(int size)
    {
        CudaStub stub = CudaStub.Create();
        delegate* unmanaged<int*, int, long, int, int*, long*, void> list = (delegate* unmanaged<int*, int, long, int, int*, long*, void>)stub.Function("test_attention_tiles");
        delegate* unmanaged<int*, int, long, int, int*, long*, long, long*, long> tile =
            (delegate* unmanaged<int*, int, long, int, int*, long*, long, long*, long>)stub.Function("test_attention_tile");
        Random random = new(3);
        IEnumerable<int[]> lengths = Enumerable.Range(0, 4096).Where(static i => i % 5 == 0).Select(i => Enumerable.Range(0, 4).Select(b => (i >> (3 * b)) & 7).ToArray())
            .Concat(Enumerable.Range(0, 300).Select(_ => Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(4) == 0 ? 0 : random.Next(3 * size)).ToArray()))
            .Append([.. Enumerable.Repeat(1, 3000)]).Append([.. Enumerable.Range(0, 2500).Select(_ => random.Next(40))]).Append([100_000]);
        long* found = stackalloc long[2];
        foreach (int[] each in lengths)
        {
            int[] cu = [0, .. each], order = new int[each.Length], visits;
            long[] tiles = new long[each.Length + 1];
            for (int b = 0; b < each.Length; b++)
                cu[b + 1] += cu[b];
            visits = new int[cu[^1]];
            fixed (int* offsets = cu, segments = order)
            fixed (long* starts = tiles)
            {
                list(offsets, each.Length, cu[^1], size, segments, starts);
                for (long at = 0; at < tiles[^1]; at++)
                {
                    Assert.Equal(tiles[^1], tile(offsets, each.Length, cu[^1], size, segments, starts, at, found));
                    Assert.InRange(found[1], 1, size);
                    for (long i = found[0]; i < found[0] + found[1]; i++)
                        visits[i]++;
                }
            }

            Assert.All(visits, static v => Assert.Equal(1, v));
            int Tiles(int segment) => Math.Min(255, (each[segment] + size - 1) / size);
            Assert.Equal(Enumerable.Range(0, each.Length).OrderByDescending(Tiles), order);
        }
    }

    [SkippableFact]
    public void Host_and_kernels_mean_the_same_shared_memory()
    {
        CudaStub stub = CudaStub.Create();
        int Of(string name) => ((delegate* unmanaged<int>)stub.Function($"test_attention_shared_{name}"))();
        Assert.Equal(KeyOrdering.SharedBytes, ((delegate* unmanaged<int>)stub.Function("test_expert_shared_order"))());
        Assert.Equal([Of("f32")], AttentionVariant.Of(TensorElementType.Float).Select(static v => v.SharedBytes));
        Assert.Equal([Of("f64")], AttentionVariant.Of(TensorElementType.Double).Select(static v => v.SharedBytes));
        Assert.Equal([Math.Max(Of("64"), Of("f32")), Math.Max(Of("128"), Of("f32")), Math.Max(Of("256"), Of("f32")), Of("f32")], AttentionVariant.Of(TensorElementType.BFloat16).Select(static v => v.SharedBytes));
    }

    // Heads that tensor cores take, of one size and of another than the values, with everything that a tile may meet.
    public static TheoryData<string, string> TensorCases
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string name in s_tensor.Keys)
            {
                data.Add(name, nameof(TensorElementType.Float16));
                data.Add(name, nameof(TensorElementType.BFloat16));
            }

            return data;
        }
    }

    internal static readonly Dictionary<string, AttentionCase> s_tensor = new()
    {
        ["heads of 64"] = new() { Queries = [200, 0, 64, 1, 65], HeadDim = 64, ValueDim = 64, Heads = 4, KeyHeads = 2 },
        ["heads of 128"] = new() { Queries = [130, 3, 63], HeadDim = 128, ValueDim = 128, Heads = 2, KeyHeads = 1 },
        ["heads of 256"] = new() { Queries = [70, 3, 33], HeadDim = 256, ValueDim = 256, Heads = 2, KeyHeads = 1, Causal = true },
        ["heads between 128 and 256"] = new() { Queries = [40, 65], HeadDim = 192, ValueDim = 136 },
        ["head dims between"] = new() { Queries = [70, 129], HeadDim = 72, ValueDim = 40 },
        ["values larger than keys"] = new() { Queries = [100], HeadDim = 24, ValueDim = 120 },
        ["causal"] = new() { Queries = [1, 200, 64, 63], HeadDim = 64, ValueDim = 64, Causal = true },
        ["window"] = new() { Queries = [300, 65], HeadDim = 64, ValueDim = 64, WindowLeft = 70, WindowRight = 9 },
        ["cross"] = new() { Queries = [5, 70, 0, 9], Keys = [200, 3, 98, 0], HeadDim = 64, ValueDim = 64 },
        ["causal, more queries than keys"] = new() { Queries = [150, 10], Keys = [7, 120], HeadDim = 64, ValueDim = 64, Causal = true },
        ["all together"] = Grid.Cases["all together"] with { HeadDim = 64, ValueDim = 72 },
        ["norms"] = new() { Queries = [30, 101], Norms = true, HeadDim = 128, ValueDim = 64, Spread = 4 },
    };

    [SkippableTheory]
    [MemberData(nameof(TensorCases))]
    public void Tensor_cores_agree_with_the_definition(string name, string element)
    {
        TensorElementType type = Enum.Parse<TensorElementType>(element);
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        AttentionCase c = s_tensor[name];
        var inputs = AttentionRunner.Inputs.Of(c, AttentionModel.StorageOf(type));
        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(c, type), 1, domain.AddTo);
        stub.Calls();
        byte[] forwards = OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs)).Bytes;
        Assert.Contains(stub.Calls(), static call => call.StartsWith("cuLaunchKernel(tensor_attention", StringComparison.Ordinal));
        Assert.InRange(Relative.Error(AttentionModel.Decode(forwards, type), inputs.Reference(c)), 0, type == TensorElementType.Float16 ? 6e-4 : 5e-3);
        stub.Backwards(true);
        Assert.Equal(forwards, OrtRunner.Run(session, AttentionModel.Inputs(c, type, inputs)).Bytes);
    }
}
