namespace Tessera.Kernels.Cuda.Driver;

/// <summary>
/// A device with its primary context, which ONNX Runtime uses too. Retained once and for the life of the process, since kernels that
/// were loaded into it live as long.
/// </summary>
internal sealed unsafe class CudaDevice
{
    /// <summary>The first generation that the kernels are written for.</summary>
    public const int LeastMajor = 8;

    private const int CapabilityMajor = 75, CapabilityMinor = 76, MultiprocessorCount = 16;

    private readonly Dictionary<string, CudaModule> _modules = [];
    private readonly nint _context;

    private CudaDevice(CudaLibrary library, int ordinal, int device, int multiprocessors, nint context)
    {
        (Library, Ordinal, Handle, Multiprocessors, _context) = (library, ordinal, device, multiprocessors, context);
    }

    public CudaLibrary Library { get; }

    public int Ordinal { get; }

    /// <summary>The driver's number of it.</summary>
    public int Handle { get; }

    /// <summary>How many blocks it runs at once, and more where they are small.</summary>
    public int Multiprocessors { get; }

    /// <summary>Opens a device.</summary>
    /// <exception cref="TesseraKernelException">TSR1401: the driver fails. TSR1402: it is too old. TSR1403: there is no such device. TSR1404: it is too old.</exception>
    public static CudaDevice Open(CudaLibrary library, int ordinal)
    {
        string doing = $"Opening CUDA device {ordinal}";
        library.Check(library.Init(0), doing);
        int version, count, device, major, minor, multiprocessors;
        library.Check(library.DriverGetVersion(&version), doing);
        if (version < CudaLibrary.OldestDriver)
        {
            throw new TesseraKernelException($"TSR1402 The CUDA driver is of CUDA {version / 1000}.{version % 1000 / 10}; 12.0 or newer is needed.");
        }

        library.Check(library.DeviceGetCount(&count), doing);
        if (ordinal < 0 || ordinal >= count)
        {
            throw new TesseraKernelException($"TSR1403 There is no CUDA device {ordinal}: the driver knows {count}, counted from 0.");
        }

        library.Check(library.DeviceGet(&device, ordinal), doing);
        library.Check(library.DeviceGetAttribute(&major, CapabilityMajor, device), doing);
        library.Check(library.DeviceGetAttribute(&minor, CapabilityMinor, device), doing);
        library.Check(library.DeviceGetAttribute(&multiprocessors, MultiprocessorCount, device), doing);
        if (major < LeastMajor)
        {
            throw new TesseraKernelException($"TSR1404 CUDA device {ordinal} is of compute capability {major}.{minor}; the kernels need {LeastMajor}.0 (Ampere) or newer.");
        }

        nint context;
        library.Check(library.DevicePrimaryCtxRetain(&context, device), doing);
        return new(library, ordinal, device, multiprocessors, context);
    }

    /// <summary>Makes its context current.</summary>
    public ContextScope Enter(string place) => new(Library, _context, place);

    /// <summary>A module of kernels, loaded once; where that fails, whoever asks next tries again.</summary>
    public CudaModule Module(string name)
    {
        lock (_modules)
        {
            if (!_modules.TryGetValue(name, out CudaModule? module))
            {
                _modules.Add(name, module = CudaModule.Load(this, name));
            }

            return module;
        }
    }
}
