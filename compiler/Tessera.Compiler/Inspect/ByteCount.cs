using System.Globalization;

namespace Tessera.Compiler.Inspect;

/// <summary>Numbers of bytes as people read them.</summary>
public static class ByteCount
{
    /// <summary><c>12.5 MiB</c>.</summary>
    public static string Text(long? count) => count switch
    {
        null => Figure.TooLarge,
        >= 1L << 30 and { } many => string.Create(CultureInfo.InvariantCulture, $"{many / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 and { } some => string.Create(CultureInfo.InvariantCulture, $"{some / (double)(1L << 20):F1} MiB"),
        { } few => string.Create(CultureInfo.InvariantCulture, $"{few / 1024.0:F1} KiB"),
    };
}
