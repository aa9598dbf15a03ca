namespace Tessera.Testing.FileTests;

/// <summary>One case of a file: passes, graph, and what they should make of it.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Line">Line of the <c>// run:</c>, from 1.</param>
/// <param name="Title">Comment lines before the graph, joined; empty for none.</param>
/// <param name="Passes">Names of passes, separated by commas.</param>
/// <param name="Input">Text of the graph before.</param>
/// <param name="Expected">What follows <c>// ----</c>: the graph after, then <c>// rejected: …</c> lines; or <c>// error: …</c>.</param>
public sealed record FileTestCase(string File, int Line, string Title, string Passes, string Input, string Expected)
{
    private const string Run = "// run:";
    private const string Divider = "// ----";
    private const string Separator = "// ====";

    public override string ToString() => $"{Path.GetFileName(File)}:{Line}{(Title.Length > 0 ? " " + Title : "")}";

    /// <summary>The cases of a file, which a line <c>// ====</c> divides.</summary>
    /// <exception cref="FormatException">A case has no <c>// run:</c>.</exception>
    public static IReadOnlyList<FileTestCase> Read(string file) => Parse(file, System.IO.File.ReadAllText(file));

    /// <summary>The cases of a text, which stands in <paramref name="file"/>.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public static IReadOnlyList<FileTestCase> Parse(string file, string text)
    {
        List<FileTestCase> cases = [];
        List<string> lines = [];
        int start = 1;
        string[] all = text.Split('\n');
        for (int i = 0; i <= all.Length; i++)
        {
            if (i == all.Length || all[i].TrimEnd() == Separator)
            {
                cases.Add(Read(file, start, lines));
                lines = [];
                start = i + 2;
            }
            else
            {
                lines.Add(all[i]);
            }
        }

        return cases;
    }

    /// <summary>The text of a file with these cases.</summary>
    public static string Write(IEnumerable<FileTestCase> cases) => string.Join($"{Separator}\n", cases.Select(static c =>
        $"{Run} {c.Passes}\n{(c.Title.Length > 0 ? $"// {c.Title}\n" : "")}{c.Input}{Divider}\n{c.Expected}"));

    private static FileTestCase Read(string file, int start, List<string> lines)
    {
        int run = lines.FindIndex(static l => l.StartsWith(Run, StringComparison.Ordinal));
        if (run < 0)
        {
            throw new FormatException($"{file}:{start}: a case begins with '{Run} PASSES'.");
        }

        int divider = lines.FindIndex(static l => l.TrimEnd() == Divider);
        int end = divider < 0 ? lines.Count : divider;
        int graph = lines.FindIndex(run + 1, l => !l.StartsWith("//", StringComparison.Ordinal));
        graph = graph < 0 ? end : Math.Min(graph, end);
        return new FileTestCase(
            file,
            start + run,
            string.Join(' ', lines[(run + 1)..graph].Select(static l => l.TrimStart('/').Trim())),
            lines[run][Run.Length..].Trim(),
            Text(lines[graph..end]),
            Text(divider < 0 ? [] : lines[(divider + 1)..]));
    }

    private static string Text(IReadOnlyList<string> lines)
    {
        string text = string.Join('\n', lines).TrimEnd('\n');
        return text.Length == 0 ? "" : text + "\n";
    }
}
