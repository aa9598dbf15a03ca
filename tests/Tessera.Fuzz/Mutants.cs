using System.Diagnostics;
using Tessera.Testing.Malformed;

namespace Tessera.Fuzz;

/// <summary>Damages models reproducibly: mutant n is the same in every run.</summary>
internal static class Mutants
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);

    public static int Run(int seed, TimeSpan time, string? folder)
    {
        byte[][] models = [.. Seeds.All(folder)];
        string path = Path.Combine(Directory.CreateTempSubdirectory("tessera-fuzz-").FullName, MalformedCase.File);
        Dictionary<string, int> found = [];
        long start = Stopwatch.GetTimestamp();
        int first = seed;
        for (; Stopwatch.GetElapsedTime(start) < time; seed++)
        {
            byte[] mutant = ModelMutator.Mutate(models, seed);
            File.WriteAllBytes(path, mutant);
            if (BoundedRun.OfFile(path, s_longest).Defect is { } defect)
            {
                // Of defects with one cause, one is enough.
                string cause = string.Join('\n', defect.Split('\n').Where(static l => l.StartsWith("   at ", StringComparison.Ordinal)).Take(2));
                if (found.TryAdd(cause, seed))
                {
                    Console.WriteLine($"seed {seed}: {defect}");
                    Console.WriteLine(Convert.ToBase64String(mutant.Length < 4096 ? mutant : []));
                }
            }
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Console.WriteLine($"{seed - first} mutants of {models.Length} models, seeds {first} to {seed - 1}: {found.Count} defects");
        return found.Count == 0 ? 0 : 1;
    }

    /// <summary>Writes one mutant, to be looked at.</summary>
    public static int Write(int seed, string? folder, string file)
    {
        File.WriteAllBytes(file, ModelMutator.Mutate([.. Seeds.All(folder)], seed));
        return 0;
    }
}
