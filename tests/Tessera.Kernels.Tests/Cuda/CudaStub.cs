using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Tessera.Kernels.Cuda;
using Tessera.Kernels.Cuda.Driver;
using Tessera.Kernels.Interop;
using Tessera.Testing;

namespace Tessera.Kernels.Tests.Cuda;

/// <summary>
/// A driver that records every call, fails where it is told to, and runs the kernels' own source on the CPU: built by g++ once, and
/// copied for every test, so that each has a state of its own. One that watches fails a launch that races, and takes twenty times as long.
/// </summary>
internal sealed unsafe class CudaStub
{
    // Every read and write calls what watches, and none is made before its time.
    private static readonly string[] s_watched = ["-fsanitize=thread", "--param=tsan-instrument-func-entry-exit=0", "-fno-tree-loop-im", "-fno-hoist-adjacent-loads"];
    private static readonly Lazy<string> s_built = new(static () => Build("libcuda_stub")), s_watching = new(static () => Build("libcuda_watching_stub", s_watched));
    private readonly nint _handle;

    private CudaStub(string file)
    {
        _handle = NativeLibrary.Load(file);
        Library = CudaLibrary.TryLoad(file)!;
        ((delegate* unmanaged<void>)NativeLibrary.GetExport(_handle, "stub_reset"))();
    }

    public CudaLibrary Library { get; }

    /// <summary>Contexts that the calling thread has entered and not left.</summary>
    public int Depth => ((delegate* unmanaged<int>)NativeLibrary.GetExport(_handle, "stub_depth"))();

    public static CudaStub Create() => Copied(s_built.Value);

    /// <summary>One that watches what threads and blocks read and write.</summary>
    public static CudaStub Watching() => Copied(s_watching.Value);

    /// <summary>The ops with kernels on its device, in the memory of the CPU's provider.</summary>
    public OpDomain Domain() => new(TesseraOps.Domain, CudaOps.On(CudaDevice.Open(Library, 0), null));

    /// <summary>A function of the stub, or of the kernels' sources.</summary>
    public nint Function(string name) => NativeLibrary.GetExport(_handle, name);

    /// <summary>The n-th call of a function from now fails.</summary>
    public void Fail(string name, int call = 1)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(name);
        ((delegate* unmanaged<nint, int, void>)Function("stub_fail"))(text, call);
        Marshal.FreeCoTaskMem(text);
    }

    public void Device(int count, int major, int minor, int driver) =>
        ((delegate* unmanaged<int, int, int, int, void>)Function("stub_device"))(count, major, minor, driver);

    /// <summary>Lets the threads of a phase run from the last to the first.</summary>
    public void Backwards(bool on) => ((delegate* unmanaged<int, void>)Function("stub_backwards"))(on ? 1 : 0);

    /// <summary>What was called since the last time.</summary>
    public string[] Calls()
    {
        byte[] buffer = new byte[1 << 20];
        fixed (byte* first = buffer)
        {
            int length = ((delegate* unmanaged<byte*, int, int>)Function("stub_calls"))(first, buffer.Length);
            Assert.InRange(length, 0, buffer.Length - 1);
            return Encoding.UTF8.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private static CudaStub Copied(string built)
    {
        Skip.If(built.Length == 0, "g++ is not there");
        string copy = Path.Combine(Path.GetTempPath(), $"tessera-cuda-stub-{Guid.NewGuid():N}.so");
        File.Copy(built, copy);
        try
        {
            return new(copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    private static string Build(string name, params string[] flags)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, name);
        Directory.CreateDirectory(folder);
        string kernels = Path.Combine(Repository.Root, "runtime", "Tessera.Kernels", "Cuda");
        string[] sources = [.. Directory.EnumerateFiles(kernels, "*.cu", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        File.WriteAllLines(Path.Combine(folder, "emulated_kernels.inc"), sources.Select(static s => $"#include \"{s}\""));
        string library = Path.Combine(folder, name + ".so");
        try
        {
            // What watches says where a race is by the library's lines, and is not watched itself.
            string stub = Compile(folder, "libcuda_stub", flags), races = Compile(folder, "races", $"-DSTUB_FILE=\"{library}\"");
            Compiler("-shared", stub, races, "-o", library, "-ldl");
            return library;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }

    private static string Compile(string folder, string name, params string[] flags)
    {
        string source = Path.Combine(Repository.Root, "tests", "Tessera.Kernels.Tests", "Cuda", "Native", name + ".cpp"), to = Path.Combine(folder, name + ".o");
        Compiler(["-std=c++17", "-O2", "-g1", "-fwrapv", "-fPIC", "-Wall", "-Wextra", "-Werror", "-DTESSERA_EMULATED", $"-I{folder}", .. flags, "-c", source, "-o", to]);
        return to;
    }

    private static void Compiler(params string[] arguments)
    {
        using Process compiler = Process.Start(new ProcessStartInfo("g++", arguments) { RedirectStandardError = true })!;
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.True(compiler.ExitCode == 0, errors);
    }
}
