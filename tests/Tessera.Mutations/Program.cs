// Drops one precondition, mask, offset or axis shift at a time and expects a named test to notice.
//   dotnet run -c Release --project tests/Tessera.Mutations [-- NUMBER…]
// Works on a copy of the tracked files, so that the checkout is never touched.
using System.Diagnostics;

string root = FindRoot(AppContext.BaseDirectory);
Mutant[] mutants = Mutant.Read(Path.Combine(root, "tests", "Tessera.Mutations", "mutants.txt"));
int[] chosen = args.Length > 0 ? [.. args.Select(int.Parse)] : [.. Enumerable.Range(1, mutants.Length)];
string copy = Directory.CreateTempSubdirectory("tessera-mutants-").FullName;
Run(root, "git", "worktree", "add", "--detach", copy, "HEAD");
int survivors = 0;
try
{
    foreach (int number in chosen)
    {
        Mutant mutant = mutants[number - 1];
        string outcome = Try(copy, mutant);
        survivors += outcome == "SURVIVED" ? 1 : 0;
        Console.WriteLine($"{number,3} {outcome,-9} {mutant.File}: {mutant.Original} → {mutant.Replacement}  [{mutant.Tests}]");
    }
}
finally
{
    Run(root, "git", "worktree", "remove", "--force", copy);
}

Console.WriteLine($"{chosen.Length - survivors} caught, {survivors} survived");
return survivors == 0 ? 0 : 1;

static string Try(string copy, Mutant mutant)
{
    string path = Path.Combine(copy, mutant.File);
    string source = File.ReadAllText(path);
    int at = source.IndexOf(mutant.Original, StringComparison.Ordinal);
    if (at < 0)
    {
        throw new InvalidOperationException($"{mutant.File} does not contain '{mutant.Original}'; the mutant is out of date.");
    }

    File.WriteAllText(path, source[..at] + mutant.Replacement + source[(at + mutant.Original.Length)..]);
    try
    {
        string project = Path.Combine("tests", mutant.Project);
        return Run(copy, "dotnet", "build", project, "-v", "q", "-nologo", "-p:RunAnalyzers=false") != 0 ? "NO BUILD"
            : Run(copy, "dotnet", "test", project, "--no-build", "-v", "q", "-nologo", "--filter", mutant.Tests) != 0 ? "caught"
            : "SURVIVED";
    }
    finally
    {
        File.WriteAllText(path, source);
    }
}

static int Run(string folder, string program, params string[] arguments)
{
    using Process process = Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
    process.OutputDataReceived += static (_, _) => { };
    process.ErrorDataReceived += static (_, _) => { };
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    process.WaitForExit();
    return process.ExitCode;
}

static string FindRoot(string from)
{
    DirectoryInfo? folder = new(from);
    while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Compiler.sln")))
    {
        folder = folder.Parent;
    }

    return folder?.FullName ?? throw new InvalidOperationException("Compiler.sln is in no folder above this program.");
}

/// <summary>One change of one place, and the test that has to notice.</summary>
internal sealed record Mutant(string File, string Original, string Replacement, string Project, string Tests)
{
    /// <summary>Blocks of four lines: file, <c>- original</c>, <c>+ replacement</c>, <c>! project filter</c>; blank lines between.</summary>
    public static Mutant[] Read(string path) =>
    [
        .. System.IO.File.ReadAllText(path).Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static block => block.Split('\n'))
            .Where(static lines => lines.Length == 4)
            .Select(static lines => new Mutant(
                lines[0], lines[1][2..], lines[2].Length > 2 ? lines[2][2..] : "", lines[3][2..].Split(' ', 2)[0], lines[3][2..].Split(' ', 2)[1])),
    ];
}
