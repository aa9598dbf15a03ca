namespace Tessera.Mutations;

/// <summary>Tests of a project: those whose full name contains a word and, where given, whose display name (theory data) contains more.</summary>
internal sealed record NamedTest(string Project, string Name, string? Data)
{
    /// <summary>Whether a test's display name, which begins with its full name, is one of these.</summary>
    public bool Matches(string displayName) => displayName.Contains(Name, StringComparison.OrdinalIgnoreCase)
        && (Data is null || displayName.Contains(Data, StringComparison.OrdinalIgnoreCase));

    public override string ToString() => Data is null ? $"{Project} {Name}" : $"{Project} {Name} {Data}";
}
