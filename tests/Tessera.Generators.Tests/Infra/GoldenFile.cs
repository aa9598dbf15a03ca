using Xunit;

namespace Tessera.Generators.Tests.Infra;

/// <summary>Generated C# compared with <c>tests/golden/generators</c>; <c>TESSERA_BLESS=1</c> rewrites it.</summary>
internal static class GoldenFile
{
    public static void Check(string name, string actual)
    {
        var path = Path.Combine(Repository.Root, "tests", "golden", "generators", name + ".cs.txt");
        if (Environment.GetEnvironmentVariable("TESSERA_BLESS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; TESSERA_BLESS=1 writes it");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
