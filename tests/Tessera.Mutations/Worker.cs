using System.Reflection;
using System.Text.Json;

namespace Tessera.Mutations;

/// <summary>What a worker is to run.</summary>
/// <param name="Mutated">Name of the exchanged assembly; null for none.</param>
/// <param name="Mutant">File that holds its bytes.</param>
/// <param name="Test">The tests.</param>
internal sealed record WorkItem(string? Mutated, string? Mutant, NamedTest Test);

/// <summary>The process that runs tests of one project: a line of JSON in, an outcome out. It is killed when a mutant hangs.</summary>
internal static class Worker
{
    /// <summary>Marks answers among what tests may print.</summary>
    public const string Answer = "outcome: ";

    public static int Run(string folder, string project)
    {
        MutantContext.Share(folder);
        TextWriter answers = Console.Out;
        Console.SetOut(TextWriter.Null);
        while (Console.In.ReadLine() is { Length: > 0 } line)
        {
            WorkItem item = JsonSerializer.Deserialize<WorkItem>(line)!;
            answers.WriteLine(Answer + Run(folder, project, item));
            answers.Flush();
        }

        return 0;
    }

    private static TestOutcome Run(string folder, string project, WorkItem item)
    {
        MutantContext context = new(folder, item.Mutated, item.Mutant is null ? [] : File.ReadAllBytes(item.Mutant));
        try
        {
            return TestMethods.Run(context.LoadFromAssemblyName(new AssemblyName(project)), item.Test);
        }
        catch (Exception)
        {
            // A mutant that keeps the tests from being found at all (a type initialiser, a theory's data) has been noticed, too.
            return TestOutcome.Failed;
        }
    }
}
