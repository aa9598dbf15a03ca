using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu;

namespace Tessera.Kernels.Tests;

/// <summary>A run of a kernel makes nothing for the garbage collector, whatever is given to it.</summary>
public sealed class AllocationTests
{
    private const int Runs = 20;

    [Theory]
    [InlineData("uniform")]
    [InlineData("norms")]
    public void Packed_attention_allocates_nothing(string name)
    {
        AttentionCase c = name == "norms" ? Grid.Cases[name] : new AttentionCase { Queries = [3, 20, 0, 7], HeadDim = 16, ValueDim = 16, BiasRadius = 4 };
        RawTensor[] inputs = AttentionModel.Inputs(c, TensorElementType.Float, AttentionRunner.Inputs.Of(c, Storage.F32));
        Assert.Equal(0, AllocatedBy(AttentionModel.Create(c, TensorElementType.Float), [c.CuQ[^1], c.Heads, c.ValueDim], inputs));
    }

    [Theory]
    [InlineData("SegmentReduce", 4, 3)]
    [InlineData("SegmentExpand", 3, 4)]
    [InlineData("SegmentSoftmax", 4, 4)]
    public void Segment_ops_allocate_nothing(string op, int rows, int outputRows)
    {
        ModelValue[] ports = [new("x", TensorElementType.Float, "r", 2, 5), new("cu", TensorElementType.Int32, "b")];
        byte[] model = OneNodeModel.Create(op, ports, new("out", TensorElementType.Float, "o", 2, 5), op == "SegmentReduce" ? [("kind", "mean")] : []);
        Assert.Equal(0, AllocatedBy(
            model,
            [outputRows, 2, 5],
            RawTensor.Of("x", TensorElementType.Float, [rows, 2, 5], new float[rows * 10]),
            RawTensor.Of("cu", TensorElementType.Int32, [4], [0, 1, 1, 4])));
    }

    // One thread, which is this one; everything that a run needs is bound before, and the first runs warm up.
    private static long AllocatedBy(byte[] model, long[] outputShape, params RawTensor[] inputs)
    {
        using InferenceSession session = OrtRunner.Open(model, threads: 1);
        using OrtIoBinding binding = session.CreateIoBinding();
        using RunOptions options = new();
        List<OrtValue> values = [];
        try
        {
            foreach (RawTensor input in inputs)
            {
                values.Add(OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, input.Type, input.Shape));
                input.Bytes.CopyTo(values[^1].GetTensorMutableRawData());
                binding.BindInput(input.Name, values[^1]);
            }

            values.Add(OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, outputShape));
            binding.BindOutput(session.OutputNames[0], values[^1]);
            Run(session, options, binding);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(session, options, binding);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        finally
        {
            values.ForEach(static v => v.Dispose());
        }
    }

    private static void Run(InferenceSession session, RunOptions options, OrtIoBinding binding)
    {
        for (int run = 0; run < Runs; run++)
        {
            session.RunWithBinding(options, binding);
        }
    }
}
