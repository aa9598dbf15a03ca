using Xunit.Sdk;

namespace Tessera.Testing;

/// <summary>Compares text with a file under <c>tests/golden</c>; <c>TESSERA_BLESS=1</c> writes the file anew.</summary>
public static class Golden
{
    /// <param name="name">Path below <c>tests/golden</c>.</param>
    /// <param name="actual">The text.</param>
    public static void Check(string name, string actual) => CheckFile($"tests/golden/{name}", actual);

    /// <summary>The same for a generated page, by its path in the repository.</summary>
    public static void CheckFile(string name, string actual)
    {
        string path = Path.Combine(Repository.Root, name);
        if (Environment.GetEnvironmentVariable("TESSERA_BLESS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        string expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : throw new XunitException($"there is no golden file {name}; TESSERA_BLESS=1 writes it.");
        if (expected != actual)
        {
            (string[] e, string[] a) = (expected.Split('\n'), actual.Split('\n'));
            int line = e.Zip(a).TakeWhile(static p => p.First == p.Second).Count();
            throw new XunitException(
                $"{name}, line {line + 1}:\n  expected {e.ElementAtOrDefault(line)}\n  got      {a.ElementAtOrDefault(line)}\nTESSERA_BLESS=1 rewrites it.");
        }
    }
}
