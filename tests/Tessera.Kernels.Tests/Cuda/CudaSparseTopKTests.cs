using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>The kernel's own source, run on the CPU by the stub of the driver.</summary>
public class CudaSparseTopKTests
{
    [SkippableFact]
    public void Result_is_the_published_one()
    {
        OpDomain domain = CudaStub.Create().Domain();
        foreach (object[] golden in SparseTopKTests.Goldens)
        {
            double[] x = (double[])golden[0], expected = (double[])golden[5];
            double[] actual = SparseTopKTests.Run(TensorElementType.Double, x, [x.Length], (int)golden[1], (float)golden[2], (float)golden[3], (bool)golden[4], register: domain.AddTo);
            Assert.All(expected.Zip(actual), static y => Assert.Equal(y.First, y.Second, 2e-8));
        }
    }

    [SkippableTheory]
    [InlineData(4f / 3)]
    [InlineData(1.5f)]
    [InlineData(2f)]
    [InlineData(3f)]
    [InlineData(1.2f)]
    [InlineData(7f)]
    public void Agrees_with_the_kernel_of_the_CPU_whatever_the_order_of_threads(float p)
    {
        CudaStub stub = CudaStub.Create();
        OpDomain domain = stub.Domain();
        Random random = new(3);
        foreach (int n in (int[])[1, 2, 17, 255, 257, 1000])
        {
            foreach ((float lambda, bool magnitude) in ((float, bool)[])[(1e-3f, false), (1, false), (10, false), (1e-3f, true), (1, true), (10, true)])
            {
                double[] x = [.. Enumerable.Range(0, 3 * n).Select(_ => (random.NextDouble() - 0.3) * 4)];
                int k = Math.Max(1, n / 8);
                double[] expected = SparseTopKTests.Run(TensorElementType.Double, x, [3, n], k, lambda, p, magnitude);
                double[] actual = SparseTopKTests.Run(TensorElementType.Double, x, [3, n], k, lambda, p, magnitude, register: domain.AddTo);
                Assert.All(expected.Zip(actual), static v => Assert.Equal(v.First, v.Second, 1e-9));
                stub.Backwards(true);
                Assert.Equal(actual, SparseTopKTests.Run(TensorElementType.Double, x, [3, n], k, lambda, p, magnitude, register: domain.AddTo));
                stub.Backwards(false);
            }
        }
    }

    [SkippableTheory]
    [InlineData(TensorElementType.Float, 1e-6)]
    [InlineData(TensorElementType.Float16, 1e-3)]
    [InlineData(TensorElementType.BFloat16, 8e-3)]
    public void Rows_of_any_type_stand_alone(TensorElementType type, double tolerance)
    {
        OpDomain domain = CudaStub.Create().Domain();
        Random random = new(4);
        double[] x = [.. Enumerable.Range(0, 2 * 3 * 300).Select(_ => random.NextDouble())];
        x = SegmentCase.Decode(SegmentCase.Encode(x, type), type);
        x[301] = double.NaN;
        double[] y = SparseTopKTests.Run(type, x, [2, 3, 300], 7, 0.1f, 2, false, register: domain.AddTo);
        double[] expected = [.. x.Chunk(300).SelectMany(static row => NaiveSparseTopK.Run(row, 7, 0.1f, 2, false))];
        Assert.All(expected.Zip(y), v => Assert.Equal(v.First, v.Second, tolerance));
        Assert.Equal(300, y.Count(double.IsNaN));
    }
}
