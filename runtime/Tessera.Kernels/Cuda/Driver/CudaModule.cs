using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cuda.Driver;

/// <summary>The kernels of one PTX text, which the driver compiles for the device and keeps in its own cache.</summary>
internal sealed unsafe class CudaModule
{
    private readonly CudaDevice _device;
    private readonly nint _library;
    private readonly string _name;
    private readonly CompilerLog* _log;

    private CudaModule(CudaDevice device, nint library, string name, CompilerLog* log)
    {
        _device = device;
        _library = library;
        _name = name;
        _log = log;
    }

    /// <summary>Loads the embedded text of a name.</summary>
    public static CudaModule Load(CudaDevice device, string name)
    {
        CompilerLog* log = CompilerLog.Create();
        try
        {
            return new(device, Load(device, name, log), name, log);
        }
        catch
        {
            NativeMemory.Free(log);
            throw;
        }
    }

    private static nint Load(CudaDevice device, string name, CompilerLog* log)
    {
        nint library;
        fixed (byte* code = Text(name))
        {
            using ContextScope scope = device.Enter($"Loading {name}.ptx");
            int status = device.Library.LibraryLoadData(&library, code, log->Options, (void**)log->Values, CompilerLog.OptionCount, null, null, 0);
            device.Library.Check(status, $"Loading {name}.ptx", log->Take());
        }

        return library;
    }

    /// <summary>
    /// A kernel that is ready to run: loaded into the context now, since ONNX Runtime may capture a graph of the first run, and with as
    /// much dynamic shared memory allowed as it will ask for.
    /// </summary>
    public CudaKernel Kernel(string name, int sharedBytes, string place)
    {
        const int DynamicSharedBytes = 8;
        CudaLibrary driver = _device.Library;
        string doing = $"{place}: preparing the kernel {name} of {_name}.ptx";
        nint kernel, function, text = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            using ContextScope scope = _device.Enter(doing);
            driver.Check(driver.LibraryGetKernel(&kernel, _library, (byte*)text), doing, _log->Take());
            driver.Check(driver.KernelSetAttribute(DynamicSharedBytes, sharedBytes, kernel, _device.Handle), doing, _log->Take());
            driver.Check(driver.KernelGetFunction(&function, kernel), doing, _log->Take());
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }

        return new(_device, function, name, (uint)sharedBytes);
    }

    // Zero-terminated, as the driver wants it.
    private static byte[] Text(string name)
    {
        using Stream stream = typeof(CudaModule).Assembly.GetManifestResourceStream($"Tessera.Kernels.Cuda.{name}.ptx")
            ?? throw new TesseraKernelException($"TSR1405 Tessera.Kernels holds no {name}.ptx: it was built without its resources.");
        byte[] text = new byte[stream.Length + 1];
        stream.ReadExactly(text.AsSpan(..^1));
        return text;
    }
}
