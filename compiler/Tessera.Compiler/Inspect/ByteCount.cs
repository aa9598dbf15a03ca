using System.Globalization;

namespace Tessera.Compiler.Inspect;

/// <summary>Numbers of bytes as people read them.</summary>
public static class ByteCount
{
    /// <summary><c>12.5 MiB</c>.</summary>
    public static string Text(long count) => count switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{count / (double)(1L << 20):F1} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:F1} KiB"),
    };
}
