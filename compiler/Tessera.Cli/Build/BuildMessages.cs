using Tessera.Ir;

namespace Tessera.Cli.Build;

/// <summary>Errors and warnings as build tools read them: <c>file(line): error CODE: text</c>, one line each.</summary>
internal static class BuildMessages
{
    /// <param name="error">What went wrong.</param>
    /// <param name="origin">The file or module it went wrong with, where no line is known.</param>
    /// <param name="sources">Where folders of sources lie, by the paths that symbols name them by.</param>
    public static string Of(TesseraException error, string origin, IReadOnlyList<(string Named, string At)> sources)
    {
        string at = error.Location is { File: { } file, Line: > 0 and var line } ? $"{Found(file, sources)}({line}): " : $"{origin} : ";
        string text = error.Message.StartsWith(error.Code, StringComparison.Ordinal) ? error.Message[error.Code.Length..].TrimStart(' ', ':') : error.Message;
        return $"{at}error {error.Code}: {OneLine(text)}";
    }

    /// <summary>A warning about what comes from one place.</summary>
    public static string Warning(string code, string text, string origin) => $"{origin} : warning {code}: {OneLine(text)}";

    private static string Found(string file, IReadOnlyList<(string Named, string At)> sources) =>
        sources.Where(s => file.StartsWith(s.Named, StringComparison.Ordinal)).Select(s => s.At + file[s.Named.Length..]).FirstOrDefault(file);

    private static string OneLine(string text) => string.Join("; ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}
