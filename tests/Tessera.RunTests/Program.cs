// Builds the solution once, runs every test project in turn and ends with one line that adds them up.
//   dotnet run --project tests/Tessera.RunTests [-- FILTER]
using System.Diagnostics;
using System.Xml.Linq;
using Tessera.Testing;

string root = Repository.Root;
string results = Directory.CreateTempSubdirectory("tessera-tests-").FullName;
int built = Run("build", Path.Combine(root, "Compiler.sln"), "-c", "Release", "-v", "q", "-nologo");
if (built != 0)
{
    return built;
}

Tally total = new(0, 0, 0);
bool crashed = false;
foreach (string project in Directory.EnumerateDirectories(Path.Combine(root, "tests"), "*.Tests").Order(StringComparer.Ordinal))
{
    string log = Path.Combine(results, Path.GetFileName(project) + ".trx");
    string[] filter = args.Length > 0 ? ["--filter", args[0]] : [];
    Stopwatch watch = Stopwatch.StartNew();
    int exit = Run(["test", project, "-c", "Release", "--no-build", "-v", "q", "-nologo", "--logger", $"trx;LogFileName={log}", .. filter]);
    Tally tally = File.Exists(log) ? Tally.Read(log) : new Tally(0, 0, 0);
    crashed |= exit != 0 && tally.Failed == 0;
    total += tally;
    Console.WriteLine($"{Path.GetFileName(project),-28} {tally}  ({watch.Elapsed.TotalSeconds:F1} s)");
}

Directory.Delete(results, recursive: true);
if (crashed)
{
    Console.WriteLine("A test process ended without saying which test failed.");
}

Console.WriteLine(total);
return total.Failed > 0 || crashed || total.Passed == 0 ? 1 : 0;

static int Run(params string[] arguments)
{
    using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments))!;
    process.WaitForExit();
    return process.ExitCode;
}

/// <summary>How many tests passed, failed and were skipped.</summary>
internal sealed record Tally(int Passed, int Failed, int Skipped)
{
    public static Tally operator +(Tally a, Tally b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

    public static Tally Read(string trx)
    {
        ILookup<string?, XElement> outcomes = XDocument.Load(trx).Descendants()
            .Where(static e => e.Name.LocalName == "UnitTestResult")
            .ToLookup(static e => e.Attribute("outcome")?.Value);
        int passed = outcomes["Passed"].Count();
        int skipped = outcomes["NotExecuted"].Count();
        return new Tally(passed, outcomes.Sum(static g => g.Count()) - passed - skipped, skipped);
    }

    public override string ToString() => $"{Passed} passed, {Failed} failed" + (Skipped > 0 ? $", {Skipped} skipped" : "");
}
