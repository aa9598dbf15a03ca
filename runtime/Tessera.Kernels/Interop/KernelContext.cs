namespace Tessera.Kernels.Interop;

/// <summary>One call of a kernel: its inputs, outputs and the session's thread pool.</summary>
internal readonly unsafe ref struct KernelContext(nint handle)
{
    public int InputCount
    {
        get
        {
            nuint count;
            OrtApi.Check(OrtApi.KernelContextGetInputCount(handle, &count));
            return (int)count;
        }
    }

    /// <summary>The session's intra-op pool.</summary>
    public OrtParallel Parallel => new(handle);

    /// <summary>The stream that a GPU's kernels of this run are put on.</summary>
    public nint Stream
    {
        get
        {
            nint stream;
            OrtApi.Check(OrtApi.KernelContextGetGpuComputeStream(handle, &stream));
            return stream;
        }
    }

    /// <summary>
    /// Memory that is free again for what this run's stream does after it is given back, and for nothing else before. On the CPU, which has no
    /// stream, for anybody.
    /// </summary>
    /// <param name="allocator">That of the kernel's node; it takes the memory back.</param>
    /// <param name="bytes">At least one.</param>
    public void* Scratch(OrtAllocator allocator, long bytes)
    {
        if (Stream == 0)
            return allocator.Allocate(bytes);
        void* memory;
        OrtApi.Check(OrtApi.KernelContextGetScratchBuffer(handle, allocator.Info, checked((nuint)bytes), &memory));
        return memory;
    }

    /// <summary>Input <paramref name="index"/>, which the op declares as required.</summary>
    public TensorView Input(int index) =>
        TryInput(index, out TensorView tensor)
            ? tensor
            : throw new TesseraKernelException($"TSR1302 Required input {index} is missing.");

    /// <summary>Input <paramref name="index"/>, or false when the node leaves it out.</summary>
    public bool TryInput(int index, out TensorView tensor)
    {
        nint value = 0;
        if (index < InputCount)
            OrtApi.Check(OrtApi.KernelContextGetInput(handle, (nuint)index, &value));
        tensor = value == 0 ? default : TensorView.Of(value);
        return value != 0;
    }

    /// <summary>Allocates output <paramref name="index"/>.</summary>
    public TensorView Output(int index, params ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dims = shape)
            OrtApi.Check(OrtApi.KernelContextGetOutput(handle, (nuint)index, dims, (nuint)shape.Length, &value));
        return TensorView.Of(value);
    }

    /// <summary>Allocates optional output <paramref name="index"/>, or says that the node leaves it out.</summary>
    public bool TryOutput(int index, out TensorView tensor, params ReadOnlySpan<long> shape)
    {
        nuint count;
        nint value = 0;
        OrtApi.Check(OrtApi.KernelContextGetOutputCount(handle, &count));
        if ((nuint)index < count)
        {
            fixed (long* dims = shape)
                OrtApi.Check(OrtApi.KernelContextGetOutput(handle, (nuint)index, dims, (nuint)shape.Length, &value));
        }

        tensor = value == 0 ? default : TensorView.Of(value);
        return value != 0;
    }

    /// <summary>Allocates output <paramref name="index"/> as <paramref name="rows"/> of shape <paramref name="row"/>.</summary>
    public TensorView OutputRows(int index, long rows, ReadOnlySpan<long> row)
    {
        const int UsualRank = 16;
        Span<long> shape = row.Length < UsualRank ? stackalloc long[row.Length + 1] : new long[row.Length + 1];
        shape[0] = rows;
        row.CopyTo(shape[1..]);
        return Output(index, shape);
    }
}
