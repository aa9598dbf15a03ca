// Drops one precondition, mask, offset or axis shift at a time and expects a named test to notice.
//   dotnet run -c Release --project tests/Tessera.Mutations [-- --list | --survivors-only | PART-OF-A-PATH… | NUMBER… | FROM-TO…]
// No file of the checkout is changed: a mutant is compiled in memory, and a worker process loads it in place of the original.
using System.Diagnostics;
using System.Globalization;
using Tessera.Mutations;

if (args is ["--worker", var folder, var ofTests])
{
    return Worker.Run(folder, ofTests);
}

string root = FindRoot(AppContext.BaseDirectory);
IReadOnlyList<Mutant> mutants = MutantList.Read(Path.Combine(root, "tests", "Tessera.Mutations", "mutants.txt"));
IReadOnlyList<Mutant> chosen = [.. mutants.Where(m => IsChosen(m, [.. args.Where(static a => !a.StartsWith("--", StringComparison.Ordinal))]))];
if (args.Contains("--list"))
{
    int misplaced = 0;
    foreach (Mutant mutant in chosen)
    {
        bool applies = Changed(mutant) is not null;
        misplaced += applies ? 0 : 1;
        Console.WriteLine($"{(applies ? "" : "NO PLACE ")}{mutant}");
    }

    return misplaced == 0 ? 0 : 1;
}

// Every named test must exist and pass without a mutant, or its failing would mean nothing.
Stopwatch watch = Stopwatch.StartNew();
using TestBench bench = new(root);
bench.Build(chosen.Select(static m => m.Test.Project).Distinct());
int broken = 0;
foreach (NamedTest test in chosen.Select(static m => m.Test).Distinct().OrderBy(static t => t.Project, StringComparer.Ordinal))
{
    if (bench.Run(test) is var outcome and not TestOutcome.Passed)
    {
        broken++;
        Console.WriteLine($"    {(outcome == TestOutcome.NoTest ? "no such test" : "fails without any mutant")}: {test}");
    }
}

if (broken > 0)
{
    Console.WriteLine($"{broken} named tests cannot tell anything");
    return 1;
}

int caught = 0;
int survived = 0;
int invalid = 0;
foreach (IGrouping<string, Mutant> ofProject in chosen.GroupBy(m => SourceProject.Of(root, m.File)))
{
    SourceProject project = SourceProject.Open(ofProject.Key);
    foreach (Mutant mutant in ofProject)
    {
        Stopwatch one = Stopwatch.StartNew();
        string verdict = Try(project, mutant);
        _ = verdict switch
        {
            "caught" or "hung" => caught++,
            "SURVIVED" => survived++,
            _ => invalid++,
        };
        if (verdict is not ("caught" or "hung") || !args.Contains("--survivors-only"))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdict,-8} {one.Elapsed.TotalSeconds,5:F1} s {mutant}"));
        }
    }
}

Console.WriteLine($"{caught} caught, {survived} survived{(invalid > 0 ? $", {invalid} do not build or apply" : "")} ({watch.Elapsed.TotalSeconds:F0} s)");
return survived + invalid == 0 ? 0 : 1;

string Try(SourceProject project, Mutant mutant)
{
    if (Changed(mutant) is not { } changed)
    {
        return "NO PLACE";
    }

    if (project.Compile(Path.Combine(root, mutant.File), changed) is not { } assembly)
    {
        return "NO BUILD";
    }

    return bench.Run(mutant.Test, project.AssemblyName, assembly) switch
    {
        TestOutcome.Passed => "SURVIVED",
        TestOutcome.Failed => "caught",
        TestOutcome.TimedOut => "hung",
        // A mutant that keeps the tests from being found at all (a type initialiser, a theory's data) has been noticed too.
        _ => "caught",
    };
}

string? Changed(Mutant mutant)
{
    string path = Path.Combine(root, mutant.File);
    return File.Exists(path) ? mutant.Apply(File.ReadAllText(path)) : null;
}

static bool IsChosen(Mutant mutant, string[] choices) => choices.Length == 0 || choices.Any(choice =>
    choice.Split('-') is [var from, var to] && IsNumber(from, out int first) && IsNumber(to, out int last) ? mutant.Number >= first && mutant.Number <= last
        : IsNumber(choice, out int number) ? mutant.Number == number
        : mutant.File.Contains(choice, StringComparison.Ordinal));

static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

static string FindRoot(string from)
{
    DirectoryInfo? folder = new(from);
    while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Compiler.sln")))
    {
        folder = folder.Parent;
    }

    return folder?.FullName ?? throw new InvalidOperationException("Compiler.sln is in no folder above this program.");
}
