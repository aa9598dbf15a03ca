using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tessera.Mutations;

/// <summary>Copies of the test projects' outputs, in which one assembly at a time is exchanged.</summary>
internal sealed partial class TestBench(string root)
{
    // The longest named test takes a few seconds.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    public void Build(IEnumerable<string> projects)
    {
        foreach (string project in projects)
        {
            string folder = Path.Combine(root, "tests", project);
            if (Start(folder, ["build", "-c", "Release", "-v", "q", "-nologo", "-clp:NoSummary"], TimeSpan.FromMinutes(20)) is not (0, _))
            {
                throw new InvalidOperationException($"{project} does not build.");
            }

            Copy(Path.Combine(folder, "bin", "Release", "net10.0"), Output(project));
        }
    }

    /// <summary>Runs tests with one assembly exchanged for another of the same name.</summary>
    public TestOutcome RunWith(NamedTest test, string assemblyName, byte[] assembly)
    {
        string path = Path.Combine(Output(test.Project), assemblyName + ".dll");
        byte[] original = File.ReadAllBytes(path);
        File.WriteAllBytes(path, assembly);
        try
        {
            return Run(test);
        }
        finally
        {
            File.WriteAllBytes(path, original);
        }
    }

    /// <summary>Runs the named tests of a project together, without a mutant, and tells how each ended.</summary>
    public IEnumerable<(NamedTest Test, TestOutcome Outcome)> RunAll(string project, IReadOnlyList<NamedTest> tests)
    {
        string filter = string.Join('|', tests.Select(static t => $"FullyQualifiedName~{t.Name}").Distinct());
        (_, string output) = Start(
            root, ["vstest", AssemblyOf(project), $"--TestCaseFilter:{filter}", "--logger:console;verbosity=normal"], TimeSpan.FromMinutes(20));
        (bool Passed, string Name)[] results = [.. Result().Matches(output).Select(static m => (m.Groups[1].Value == "Passed", m.Groups[2].Value))];
        return tests.Select(test =>
        {
            bool[] own = [.. results.Where(r => test.Matches(r.Name)).Select(static r => r.Passed)];
            return (test, own.Length == 0 ? TestOutcome.NoTest : own.All(static p => p) ? TestOutcome.Passed : TestOutcome.Failed);
        });
    }

    private TestOutcome Run(NamedTest test)
    {
        (int? code, string output) = Start(root, ["vstest", AssemblyOf(test.Project), $"--TestCaseFilter:{test.Filter}"], s_limit);
        return code is null ? TestOutcome.TimedOut
            : Passed().Match(output) is not { Success: true } passed ? (code == 0 ? TestOutcome.NoTest : TestOutcome.Failed)
            : code != 0 ? TestOutcome.Failed
            : int.Parse(passed.Groups[1].Value, CultureInfo.InvariantCulture) > 0 ? TestOutcome.Passed
            : TestOutcome.NoTest;
    }

    private string AssemblyOf(string project) => Path.Combine(Output(project), project + ".dll");

    // Inside the checkout, so that tests find its files above them.
    private string Output(string project) => Path.Combine(root, "tests", project, "bin", "mutants");

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    // The exit code, null after the time limit, and what was written.
    private static (int? Code, string Output) Start(string folder, string[] arguments, TimeSpan limit)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            return (null, "");
        }

        return (process.ExitCode, output.Result + errors.Result);
    }

    [GeneratedRegex(@"Passed:\s*(\d+)")]
    private static partial Regex Passed();

    [GeneratedRegex(@"^ +(Passed|Failed) (.*?)( \[[^\]]*\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex Result();
}
