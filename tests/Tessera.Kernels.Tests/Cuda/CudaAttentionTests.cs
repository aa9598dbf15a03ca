using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
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
        OpDomain domain = new(TesseraOps.Domain, CudaOps.On(CudaDevice.Open(stub.Library, 0), null));
        foreach ((string name, AttentionCase c) in Grid.Cases)
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
    [SkippableFact]
    public void Nothing_leaks_from_where_a_query_does_not_look()
    {
        OpDomain domain = new(TesseraOps.Domain, CudaOps.On(CudaDevice.Open(CudaStub.Create().Library, 0), null));
        AttentionCase c = new() { Queries = [5, 40, 3], Causal = true };
        var inputs = AttentionRunner.Inputs.Of(c, Cpu.Storage.F32);
        double[] expected = inputs.Reference(c);
        int row = c.KeyHeads * c.HeadDim, first = 5 + 20;
        foreach (float[] poisoned in (float[][])[inputs.K, inputs.V])
        {
            // All keys of the outer segments, and those of the middle one that its first twenty queries do not see.
            poisoned.AsSpan(0, 5 * row).Fill(float.NaN);
            poisoned.AsSpan(first * row).Fill(float.NaN);
        }

        using InferenceSession session = OrtRunner.Open(AttentionModel.Create(c, TensorElementType.Float), 1, domain.AddTo);
        float[] actual = AttentionModel.Decode(OrtRunner.Run(session, AttentionModel.Inputs(c, TensorElementType.Float, inputs)).Bytes, TensorElementType.Float);
        Range seen = (5 * row)..(first * row);
        Assert.InRange(Relative.Error(actual[seen], expected[seen]), 0, 3e-6);
        Assert.All(actual[..(5 * row)].Concat(actual[(first * row)..]), static x => Assert.True(float.IsNaN(x)));
    }

    // Every way to cut twenty tokens, and cuts about the tile's size: a slot holds one tile, and every tile has one.
    [SkippableFact]
    public void Every_tile_of_queries_has_a_slot_of_its_own()
    {
        CudaStub stub = CudaStub.Create();
        delegate* unmanaged<int*, int, long, long, long*, void> tile = (delegate* unmanaged<int*, int, long, long, long*, void>)stub.Function("test_attention_tile");
        Random random = new(3);
        IEnumerable<int[]> lengths = Enumerable.Range(0, 4096).Select(i => Enumerable.Range(0, 4).Select(b => (i >> (3 * b)) & 7).ToArray())
            .Concat(Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(4) == 0 ? 0 : random.Next(70)).ToArray()))
            .Append([.. Enumerable.Repeat(1, 3000)]).Append([100_000]);
        long* found = stackalloc long[2];
        foreach (int[] each in lengths)
        {
            int[] cu = [0, .. each];
            for (int b = 0; b < each.Length; b++)
                cu[b + 1] += cu[b];
            int[] visits = new int[cu[^1]];
            fixed (int* offsets = cu)
            {
                for (long slot = 0; slot < (cu[^1] / 16) + each.Length; slot++)
                {
                    tile(offsets, each.Length, cu[^1], slot, found);
                    for (long i = found[0]; i < found[0] + found[1]; i++)
                        visits[i]++;
                }
            }

            Assert.All(visits, static v => Assert.Equal(1, v));
        }
    }

    [SkippableFact]
    public void Host_and_kernel_mean_the_same_shared_memory()
    {
        CudaStub stub = CudaStub.Create();
        Assert.Equal(((delegate* unmanaged<int>)stub.Function("test_attention_shared_f32"))(), PackedAttentionCuda.SharedBytes(TensorElementType.BFloat16));
        Assert.Equal(((delegate* unmanaged<int>)stub.Function("test_attention_shared_f64"))(), PackedAttentionCuda.SharedBytes(TensorElementType.Double));
    }
}
