using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Onnx;

/// <summary>How many names a file has. .NET does not tell; Linux does, by a call whose layout is the same on all its machines.</summary>
internal static class HardLinks
{
    private const int AtCurrentFolder = -100;
    private const int NotThroughLinks = 0x100;
    private const uint WantsNames = 4;
    private static readonly Lazy<bool> s_isKnown = new(static () => OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc", out nint library) && NativeLibrary.TryGetExport(library, "statx", out _));

    /// <summary>The number of names; null where the system does not tell, or the file is not there.</summary>
    public static long? Count(string path)
    {
        if (!s_isKnown.Value)
        {
            return null;
        }

        Status status = default;
        byte[] name = [.. Encoding.UTF8.GetBytes(path), 0];
        return Statx(AtCurrentFolder, name, NotThroughLinks, WantsNames, ref status) == 0 && (status.Mask & WantsNames) != 0 ? status.Names : null;
    }

    // The struct statx of linux/stat.h: 256 bytes, of which the first are these.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(0)]
        public uint Mask;

        [FieldOffset(16)]
        public uint Names;
    }

    [DllImport("libc", EntryPoint = "statx", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, ref Status status);
}
