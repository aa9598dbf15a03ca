namespace Tessera.Ir;

/// <summary>
/// An error in what the user gave the compiler: a stable code, the place it concerns, what is wrong with both
/// values named, and a hint when there is a likely cure.
/// </summary>
public sealed class TesseraException(string code, string place, string message, string? hint = null, Exception? inner = null)
    : Exception(Compose(code, place, message, hint), inner)
{
    private readonly string _what = message;

    /// <summary>The same of a place in a model's source, which tools can point at.</summary>
    public TesseraException(string code, SourceLocation location, string message, string? hint = null, Exception? inner = null)
        : this(code, location.ToString(), message, hint, inner) => Location = location;

    /// <summary>Stable identifier, <c>TSR</c> and four digits (an example has a prefix of its own); compiler/docs/diagnostics.md lists them.</summary>
    public string Code { get; } = code;

    /// <summary>Module path and C# line, node name, or file; empty when there is none.</summary>
    public string Place { get; } = place;

    /// <summary>File and line in full, where they are known.</summary>
    public SourceLocation? Location { get; private init; }

    /// <summary>What to try, or <see langword="null"/>.</summary>
    public string? Hint { get; } = hint;

    /// <summary>The same error at a place that is known better further out.</summary>
    public TesseraException At(string place) => new(Code, place, _what, Hint, this) { Location = Location };

    private static string Compose(string code, string place, string message, string? hint)
    {
        string head = place.Length == 0 ? code : $"{code} {place}";
        return hint is null ? $"{head}: {message}" : $"{head}: {message} {hint}";
    }
}
