using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cuda.Driver;

/// <summary>
/// Where the driver's compiler writes why it refuses a text, and the options that say so. In memory that stays: a driver that loads
/// lazily compiles when the first kernel is asked for, not when it is given the text.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CompilerLog
{
    /// <summary>The buffer and its size.</summary>
    public const int OptionCount = 2;

    private const int ErrorLogBuffer = 5, ErrorLogSize = 6, TextBytes = 8192;

    public fixed int Options[OptionCount];

    /// <summary>Of pointers, each what an option is set to.</summary>
    public fixed ulong Values[OptionCount];

    private fixed byte _text[TextBytes];

    /// <summary>What it has said since the last time; empty where it had nothing against the text.</summary>
    public string Take()
    {
        fixed (byte* text = _text)
        {
            string said = Marshal.PtrToStringUTF8((nint)text)!;
            *text = 0;
            return said;
        }
    }

    /// <summary>One in native memory.</summary>
    public static CompilerLog* Create()
    {
        CompilerLog* log = (CompilerLog*)NativeMemory.AllocZeroed((nuint)sizeof(CompilerLog));
        (log->Options[0], log->Options[1]) = (ErrorLogBuffer, ErrorLogSize);

        // Nobody says that a text as long as the buffer has an end: the last byte stays 0.
        (log->Values[0], log->Values[1]) = ((nuint)log->_text, TextBytes - 1);
        return log;
    }
}
