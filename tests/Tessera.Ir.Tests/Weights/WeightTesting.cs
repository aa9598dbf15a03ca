using System.Runtime.InteropServices;
using Xunit;

namespace Tessera.Ir.Tests.Weights;

internal static class WeightTesting
{
    /// <summary>An i32 weight whose elements are their own indices.</summary>
    public static MemoryWeightSource Iota(params long[] dims)
    {
        var count = dims.Aggregate(1L, static (a, b) => a * b);
        return MemoryWeightSource.Of<int>([.. Enumerable.Range(0, (int)count)], dims);
    }

    public static T[] Values<T>(this WeightSource source)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(source.ToArray()).ToArray();

    /// <summary>Reads of every length, cut anywhere, deliver what one read of everything does.</summary>
    public static void AssertCutsDoNotMatter(WeightSource source)
    {
        var whole = source.ToArray();
        for (var chunk = 1; chunk <= Math.Min(whole.Length, 37); chunk++)
        {
            var bytes = new byte[whole.Length];
            for (var at = 0; at < bytes.Length; at += chunk)
                source.Read(at, bytes.AsSpan(at, Math.Min(chunk, bytes.Length - at)));
            Assert.Equal(whole, bytes);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => source.Read(-1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Read(whole.Length, new byte[1]));
        source.Read(whole.Length, []);
    }

    public static void AssertFails(string code, Func<object?> act, params string[] parts)
    {
        var error = Assert.Throws<TesseraException>(act);
        Assert.Equal(code, error.Code);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
