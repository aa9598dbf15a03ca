namespace Tessera.Kernels.Cuda.Driver;

/// <summary>While it lasts, a device's context is the thread's current one; what was so before is again afterwards.</summary>
internal readonly ref struct ContextScope
{
    private readonly CudaLibrary _library;

    public unsafe ContextScope(CudaLibrary library, nint context, string place)
    {
        library.Check(library.CtxPushCurrent(context), $"{place}: entering the device's context");
        _library = library;
    }

    // A failure here comes with another that is told already, or shows at the next call.
    public unsafe void Dispose()
    {
        nint previous;
        _ = _library.CtxPopCurrent(&previous);
    }
}
