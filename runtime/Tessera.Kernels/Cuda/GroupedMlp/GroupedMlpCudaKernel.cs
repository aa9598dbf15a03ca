using Microsoft.ML.OnnxRuntime.Tensors;
using Tessera.Kernels.Cpu.Experts;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cuda;

/// <summary>What runs for one node. A table of constant experts is written once, any other with each call.</summary>
internal sealed unsafe class GroupedMlpCudaKernel : OpKernel
{
    private const int SumThreads = 256, SumResidents = 8;

    private readonly CudaDevice _device;
    private readonly ExpertTail _tail;
    private readonly ExpertOptions _options;
    private readonly TensorElementType _type;
    private readonly ExpertKernels _kernels;
    private readonly DeviceScratch _scratch;
    private readonly ExpertTable? _constant;
    private readonly void* _table;

    public GroupedMlpCudaKernel(
        CudaDevice device, ExpertTail tail, ExpertOptions options, TensorElementType type, ExpertKernels kernels, DeviceScratch scratch, ExpertTable? constant)
    {
        (_device, _tail, _options, _type, _kernels, _scratch, _constant) = (device, tail, options, type, kernels, scratch, constant);
        if (constant is null)
        {
            return;
        }

        try
        {
            _table = scratch.Keep(constant.Bytes);

            // ONNX Runtime's streams do not wait for this one: what is written must be there when the kernel is.
            using ContextScope scope = device.Enter(tail.Place);
            constant.Write(kernels.Table, 0, _table, tail.Place, default);
            device.Library.Check(device.Library.CtxSynchronize(), $"{tail.Place}: writing the table of experts");
        }
        catch
        {
            Release();
            throw;
        }
    }

    public override void Compute(KernelContext context)
    {
        TensorView x = context.Input(0), ids = context.Input(1), weights = context.Input(2);
        ExpertTable experts = _constant ?? ExpertTable.Read(_tail, new CallTail(context, Cpu.GroupedMlpOp.Leading));
        ExpertCheck.Shapes(_tail.Place, x, ids, weights, experts.Width, _tail.ExpertCount);
        TensorView output = context.Output(0, x.Shape[0], _tail.ExpertCount == 0 ? x.Shape[1] : experts.OutputWidth);
        if (output.Count == 0)
        {
            return;
        }

        long rows = x.Shape[0] * ids.Shape[1];
        _ = checked((int)rows);
        nint tokens = (nint)x.Data;
        (ExpertVariant variant, CudaKernel up, CudaKernel down) = _kernels.Products.First(p => p.Variant.Takes(experts, _type, tokens, rows, _tail.ExpertCount));
        ExpertArguments a = Arguments(x, ids, weights, output, experts, variant);
        Layout layout = new(a, experts, variant, _type, _constant is null);
        using DeviceScratch.Rented memory = _scratch.Rent(context, layout.Bytes);
        layout.Place(ref a, memory, _table);
        using ContextScope scope = _device.Enter(_tail.Place);
        nint stream = context.Stream;
        if (a.Choices > 0)
        {
            if (_constant is null)
            {
                experts.Write(_kernels.Table, stream, a.Experts, _tail.Place, x);
            }

            Order(stream, a, x);
            Multiply(stream, a, x, variant, up, a.HiddenStride, variant.HiddenColumns(_options.IsGated));
            Multiply(stream, a, x, variant, down, a.OutputWidth, variant.Columns);
        }

        Sum(stream, a, x, output.Count);
    }

    public override void Release()
    {
        if (_table is not null)
        {
            _scratch.Return(_table);
        }

        _scratch.Release();
    }

    private ExpertArguments Arguments(TensorView x, TensorView ids, TensorView weights, TensorView output, ExpertTable experts, ExpertVariant variant)
    {
        const int Elements = 8;
        return new()
        {
            X = x.Data,
            Ids = ids.Data,
            Weights = weights.Data,
            Output = output.Data,
            Tokens = x.Shape[0],
            Width = x.Shape[1],
            OutputWidth = output.Shape[1],
            HiddenStride = (experts.Hidden + Elements - 1) / Elements * Elements,
            Alpha = _options.Alpha,
            Beta = _options.Beta,
            Limit = _options.Limit,

            // Without experts nobody is chosen.
            Choices = _tail.ExpertCount == 0 ? 0 : checked((int)ids.Shape[1]),
            ExpertCount = _tail.ExpertCount,
            TileRows = variant.Rows,
            Activation = (int)_options.Activation,
            Gating = (int)_options.Gating,
            WeightOnInput = _options.WeightOnInput ? 1 : 0,
            OrderBlocks = KeyOrdering.Blocks(x.Shape[0] * ids.Shape[1]),
            Threads = KeyOrdering.Threads,
        };
    }

    private void Order(nint stream, in ExpertArguments a, TensorView x)
    {
        if (a.OrderBlocks == 1)
        {
            _kernels.Order.Launch(stream, 1, KeyOrdering.Threads, a, _tail.Place, x);
            return;
        }

        _kernels.Count.Launch(stream, a.OrderBlocks, KeyOrdering.Threads, a, _tail.Place, x);
        _kernels.SumCounts.Launch(stream, 1, KeyOrdering.Threads, a, _tail.Place, x);
        _kernels.Place.Launch(stream, a.OrderBlocks, KeyOrdering.Threads, a, _tail.Place, x);
    }

    private void Multiply(nint stream, in ExpertArguments a, TensorView x, ExpertVariant variant, CudaKernel kernel, long columns, int blockColumns)
    {
        if (columns > 0)
        {
            int blocks = variant.Blocks(_device, a.Tokens * a.Choices, a.ExpertCount, columns, blockColumns);
            kernel.Launch(stream, blocks, variant.Threads, a, _tail.Place, x);
        }
    }

    private void Sum(nint stream, ExpertArguments a, TensorView x, long count)
    {
        a.Threads = SumThreads;
        int blocks = (int)Math.Min((count + SumThreads - 1) / SumThreads, (long)_device.Multiprocessors * SumResidents);
        _kernels.Sum.Launch(stream, blocks, SumThreads, a, _tail.Place, x);
    }

    /// <summary>Where each part of a call's memory lies.</summary>
    private readonly struct Layout
    {
        private readonly long _counts, _start, _tiles, _assignment, _row, _hidden, _result, _table;
        private readonly bool _ownTable;

        public Layout(in ExpertArguments a, ExpertTable experts, ExpertVariant variant, TensorElementType type, bool ownTable)
        {
            long rows = a.Tokens * a.Choices;
            int wide = type == TensorElementType.Double ? sizeof(double) : sizeof(float);
            ScratchLayout parts = default;
            _counts = parts.Add((long)a.OrderBlocks * a.ExpertCount, sizeof(int));
            _start = parts.Add(a.ExpertCount + 1, sizeof(int));
            _tiles = parts.Add(a.ExpertCount + 1, sizeof(int));
            _assignment = parts.Add(rows, sizeof(int));
            _row = parts.Add(rows, sizeof(int));
            _hidden = parts.Add(rows * a.HiddenStride, variant.IsTensor ? sizeof(ushort) : wide);
            _result = parts.Add(rows * a.OutputWidth, wide);
            _ownTable = ownTable;
            _table = ownTable ? parts.Add(experts.Bytes, 1) : 0;
            Bytes = parts.Bytes;
        }

        public long Bytes { get; }

        public void Place(ref ExpertArguments a, in DeviceScratch.Rented memory, void* table)
        {
            a.Counts = memory.At(_counts);
            a.Start = memory.At(_start);
            a.Tiles = memory.At(_tiles);
            a.Assignment = memory.At(_assignment);
            a.Row = memory.At(_row);
            a.Hidden = memory.At(_hidden);
            a.Result = memory.At(_result);
            a.Experts = _ownTable ? memory.At(_table) : table;
        }
    }
}
