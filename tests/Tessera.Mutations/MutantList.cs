namespace Tessera.Mutations;

/// <summary>
/// The list: <c>file PATH</c> and <c>test PROJECT NAME [DATA]</c> hold for what follows; <c>- original</c> (one or more lines)
/// and <c>+ replacement</c> are a mutant; <c>#</c> starts a comment.
/// </summary>
internal static class MutantList
{
    public static IReadOnlyList<Mutant> Read(string path)
    {
        List<Mutant> mutants = [];
        List<string> original = [];
        string? file = null;
        NamedTest? test = null;
        foreach ((int at, string text) in File.ReadLines(path).Index())
        {
            string line = text.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string rest = line.Length > 2 ? line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Trim() : "";
            switch (line.Split(' ')[0])
            {
                case "file":
                    file = rest;
                    break;
                case "test":
                    test = Test(rest);
                    break;
                case "-":
                    original.Add(rest);
                    break;
                case "+" when file is not null && test is not null && original.Count > 0:
                    mutants.Add(new Mutant(mutants.Count + 1, file, [.. original], rest, test));
                    original.Clear();
                    break;
                default:
                    throw new InvalidDataException($"{path}({at + 1}): '{line}' is neither file, test, -, + nor #, or comes too early.");
            }
        }

        return original.Count == 0 ? mutants : throw new InvalidDataException($"{path}: '{original[0]}' has no replacement.");
    }

    private static NamedTest Test(string text) => text.Split(' ', 3) is [var project, var name, .. var data]
        ? new NamedTest(project, name, data is [var only] ? only : null)
        : throw new InvalidDataException($"'test {text}' names no project and test.");
}
