using Tessera.Ir;
using Tessera.Testing.Malformed;

namespace Tessera.Fuzz;

/// <summary>The malformed corpus, case by case.</summary>
internal static class Corpus
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    public static int Run(string? only)
    {
        int wrong = 0;
        foreach (MalformedCase one in MalformedCase.All.Where(c => only is null || c.Name.Contains(only, StringComparison.Ordinal)))
        {
            DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-corpus-");
            one.Write(folder.FullName);
            BoundedRun run = BoundedRun.OfFile(Path.Combine(folder.FullName, MalformedCase.File), s_longest);
            string? code = run.Error is TesseraException error ? error.Code : null;
            bool right = run.Defect is null && code == one.Code;
            wrong += right ? 0 : 1;
            Console.WriteLine($"{(right ? "ok   " : "WRONG")} {run.Time.TotalSeconds,5:F1} s {run.Allocated >> 20,5} MB  {one.Name}: {(run.Defect ?? code ?? "reads fine")[..Math.Min(300, (run.Defect ?? code ?? "reads fine").Length)]}{(right ? "" : $" (expected {one.Code ?? "to read fine"}) {run.Error?.Message}")}");
            if (!right && only is not null)
            {
                Console.WriteLine(run.Error);
            }

            folder.Delete(recursive: true);
        }

        Console.WriteLine($"{wrong} cases end otherwise than they should");
        return wrong == 0 ? 0 : 1;
    }
}
