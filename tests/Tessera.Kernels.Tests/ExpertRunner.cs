using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cpu.Segments;
using Tessera.Kernels.Cpu.Simd;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Tests;

/// <summary>Runs the kernel's core on a case, without ONNX Runtime, into poisoned output.</summary>
internal sealed unsafe class ExpertRunner : IExpertTail, IDisposable
{
    private readonly ExpertCase _case;
    private readonly TensorElementType _type;
    private readonly InstructionSet _set;
    private readonly byte[][] _tail;
    private readonly IReadOnlyList<RawTensor> _tensors;
    private readonly PackedExperts _experts;

    public ExpertRunner(ExpertCase c, ExpertInputs inputs, TensorElementType type, InstructionSet set, bool packed = true)
    {
        (_case, _type, _set) = (c, type, set);
        _tensors = inputs.Tail;
        _tail = [.. inputs.Tail.Select(static t => Pinned(t.Bytes))];
        ExpertTail tail = new()
        {
            Place = "test",
            Gating = Enum.Parse<Gating>(c.Gate, ignoreCase: true),
            ExpertCount = c.Experts,
            Biases = c.Biases,
            Scaled = c.Codes is not null,
            ZeroPoints = c.ZeroPoints,
            BlockSize = c.BlockSize,
            IsDouble = type == TensorElementType.Double,
        };
        _experts = new(c.Experts);
        tail.Read(this, GroupedMlpKernel.PanelWidth(set), _experts.Experts);
        if (packed)
            _experts.Pack(c.Experts);
    }

    public int Count => _tail.Length;

    public TensorView this[int index] => new(_tensors[index].Type, _tensors[index].Shape, Address(_tail[index]));

    public PackedExperts Experts => _experts;

    public static double[] Run(ExpertCase c, ExpertInputs inputs, TensorElementType type, InstructionSet set, int threads = 1, bool packed = true)
    {
        using ExpertRunner runner = new(c, inputs, type, set, packed);
        return runner.Run(inputs, threads);
    }

    public double[] Run(ExpertInputs inputs, int threads = 1)
    {
        byte[] output = Pinned([.. Enumerable.Repeat((byte)0xFF, _case.Tokens * _case.OutputWidth * SegmentTypes.Bytes(_type))]);
        Run(inputs, output, 1, threads);
        return SegmentCase.Decode(output[..^1], _type);
    }

    /// <summary>The fewest managed bytes that a run allocates.</summary>
    public long AllocatedBy(ExpertInputs inputs, int runs) => Run(inputs, Pinned(new byte[_case.Tokens * _case.OutputWidth * SegmentTypes.Bytes(_type)]), runs, 1);

    public void Dispose() => _experts.Free();

    private long Run(ExpertInputs inputs, byte[] output, int runs, int threads)
    {
        byte[] x = Pinned(inputs.XBytes), weights = Pinned(inputs.WeightBytes);
        long[] ids = GC.AllocateArray<long>(_case.Tokens * _case.Choices, pinned: true);
        _case.Assignments().CopyTo(ids, 0);
        ExpertProblem problem = new()
        {
            Storage = SegmentTypes.StorageOf(_type),
            X = Address(x),
            Weights = Address(weights),
            Output = Address(output),
            Ids = (long*)Marshal.UnsafeAddrOfPinnedArrayElement(ids, 0),
            Tokens = _case.Tokens,
            Choices = _case.Choices,
            Width = _case.Width,
            OutputWidth = _case.OutputWidth,
            ExpertCount = _case.Experts,
            Experts = _experts.Experts,
            Options = new(
                Enum.Parse<Activation>(_case.Activation.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
                Enum.Parse<Gating>(_case.Gate, ignoreCase: true), _case.OnInput, _case.Alpha, _case.Beta, _case.Limit),
        };
        long fewest = long.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(problem, threads);
            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        GC.KeepAlive((x, weights, ids, output, _tail));
        return fewest;
    }

    private void Run(in ExpertProblem problem, int threads)
    {
        if (_type == TensorElementType.Double)
            DoubleExperts.Run(problem, default(SerialParallel));
        else if (threads == 1)
            GroupedMlpKernel.Run(problem, _set, 1, default(SerialParallel));
        else
            GroupedMlpKernel.Run(problem, _set, threads, new ThreadParallel(threads));
    }

    private static byte[] Pinned(byte[] bytes)
    {
        byte[] pinned = GC.AllocateArray<byte>(bytes.Length + 1, pinned: true);
        bytes.CopyTo(pinned, 0);
        return pinned;
    }

    private static void* Address(byte[] pinned) => (void*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
