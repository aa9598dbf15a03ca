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
        bool expands = op == "SegmentExpand";
        ModelValue[] total = expands ? [new("count", TensorElementType.Int64)] : [];
        RawTensor[] tokens = expands ? [RawTensor.Of("count", TensorElementType.Int64, [], (long[])[outputRows])] : [];
        ModelValue[] ports = [new("x", TensorElementType.Float, "r", 2, 5), new("cu", TensorElementType.Int32, "b"), .. total];
        byte[] model = OneNodeModel.Create(op, ports, new("out", TensorElementType.Float, "o", 2, 5), op == "SegmentReduce" ? [("kind", "mean")] : []);
        Assert.Equal(0, AllocatedBy(
            model,
            [outputRows, 2, 5],
            [
                RawTensor.Of("x", TensorElementType.Float, [rows, 2, 5], new float[rows * 10]),
                RawTensor.Of("cu", TensorElementType.Int32, [4], (int[])[0, 1, 1, 4]),
                .. tokens,
            ]));
    }

    [Theory]
    [InlineData("choice", 0)]
    [InlineData("batch", 0)]
    [InlineData("choice", 1)]
    public void Route_allocates_nothing(string priority, int expertChoice)
    {
        object columns = expertChoice == 0 ? 2 : 4;
        NodePorts ports = new(
            [new("logits", TensorElementType.Float, "t", 4), new("", TensorElementType.Float), new("cu", TensorElementType.Int32, "g")], [],
            [new("w", TensorElementType.Float, "t", columns), new("e", TensorElementType.Int64, "t", columns), new("s", TensorElementType.Int64, "t", columns)]);
        byte[] model = OneNodeModel.Create("Route", ports, ("k", 2), ("capacity_factor", 0.7f), ("priority", priority), ("expert_choice", expertChoice));
        Assert.Equal(0, AllocatedBy(
            model,
            [6, Convert.ToInt64(columns, null)],
            RawTensor.Of("logits", TensorElementType.Float, [6, 4], [.. Enumerable.Range(0, 24).Select(static i => (float)(i * 7 % 5))]),
            RawTensor.Of("cu", TensorElementType.Int32, [3], [0, 2, 6])));
    }

    [Theory]
    [InlineData(TensorElementType.Float)]
    [InlineData(TensorElementType.Int8)]
    [InlineData(ExpertCase.Int4)]
    public void Grouped_mlp_allocates_nothing(TensorElementType weights)
    {
        ExpertCase c = new() { Codes = weights == TensorElementType.Float ? null : weights, BlockSize = 16 };
        ExpertInputs inputs = new(c, TensorElementType.Float);
        Assert.Equal(0, AllocatedBy(
            GroupedMlpSessionTests.Model(c, inputs, TensorElementType.Float, constant: true),
            [c.Tokens, c.OutputWidth],
            GroupedMlpSessionTests.Inputs(c, inputs, TensorElementType.Float)));
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
            foreach (string name in session.OutputNames.Skip(1))
            {
                values.Add(OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Int64, outputShape));
                binding.BindOutput(name, values[^1]);
            }

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
