using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>The kernel's own source, run on the CPU by the stub of the driver.</summary>
public unsafe class CudaSegmentExpandTests
{
    [SkippableFact]
    public void Copies_rows_of_every_element_type_whatever_the_order_of_threads()
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        foreach (TensorElementType type in (TensorElementType[])[TensorElementType.Float, TensorElementType.Float16, TensorElementType.Double, TensorElementType.Bool, TensorElementType.UInt16])
        {
            foreach (SegmentCase c in SegmentOpTests.Grid("SegmentExpand", [type], null).Select(c => c with { Register = domain.AddTo }))
            {
                double[] x = c.Values(c.Cu.Length - 1);
                Assert.Equal(c.Expanded(x), c.Run(x, c.Cu.Length - 1, 1));
                stub.Backwards(true);
                Assert.Equal(c.Expanded(x), c.Run(x, c.Cu.Length - 1, 1));
                stub.Backwards(false);
            }
        }

        Assert.Equal(Enumerable.Range(0, 5).Select(static log => $"segment_expand_{1 << log}").Order(StringComparer.Ordinal), Launched(stub));
    }

    // On a device nobody can refuse them: a token of no segment gets zeros, and nothing is read that is not there.
    [SkippableTheory]
    [InlineData(new[] { -3, 2 }, new byte[] { 7, 7, 0, 0, 0 })]
    [InlineData(new[] { 0, 9 }, new byte[] { 7, 7, 7, 7, 7 })]
    [InlineData(new[] { 3, 1 }, new byte[] { 0, 0, 0, 0, 0 })]
    [InlineData(new[] { 1, 3, 3, 4 }, new byte[] { 0, 7, 7, 9, 0 })]
    [InlineData(new[] { 0 }, new byte[] { 0, 0, 0, 0, 0 })]
    public void Offsets_that_make_no_sense_lead_nowhere(int[] cu, byte[] expected)
    {
        CudaDevice device = CudaDevice.Open(CudaStub.Create().Library, 0);
        CudaKernel kernel = device.Module("segment_expand").Kernel("segment_expand_1", 0, "test");
        byte[] x = [7, 8, 9], output = [1, 1, 1, 1, 1, 1];
        fixed (byte* from = x, to = output)
        {
            fixed (int* offsets = cu)
            {
                foreach ((int blocks, int threads) in ((int, int)[])[(1, 1), (2, 2), (1, 8), (3, 4)])
                {
                    output.AsSpan().Fill(1);
                    SegmentLaunch.Arguments arguments = new() { X = from, Cu = offsets, Output = to, Tokens = 5, Segments = cu.Length - 1, Columns = 1, Width = 1, Threads = threads };
                    using ContextScope scope = device.Enter("test");
                    kernel.Launch(0, blocks, threads, arguments, "test", new TensorView(TensorElementType.UInt8, [cu.Length - 1], from));
                    Assert.Equal([.. expected, 1], output);
                }
            }
        }
    }

    private static IEnumerable<string> Launched(CudaStub stub) =>
        stub.Calls().Where(static c => c.StartsWith("cuLaunchKernel(", StringComparison.Ordinal)).Select(static c => c[15..c.IndexOf(',', StringComparison.Ordinal)]).Distinct().Order(StringComparer.Ordinal);
}
