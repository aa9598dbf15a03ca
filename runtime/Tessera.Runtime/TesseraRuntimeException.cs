namespace Tessera.Runtime;

/// <summary>
/// What the runtime reports about a model file, a run's inputs or outputs, or a batch: a code
/// (<c>TSR07xx</c>), what it is about, both values, and what to do.
/// </summary>
public sealed class TesseraRuntimeException : Exception
{
    public TesseraRuntimeException(string code, string subject, string problem, string hint, Exception? inner = null)
        : base($"{code} {subject}: {problem} {hint}".TrimEnd(), inner)
    {
        Code = code;
        Subject = subject;
        Hint = hint;
    }

    /// <summary>The code, such as <c>TSR0714</c>; it never changes its meaning.</summary>
    public string Code { get; }

    /// <summary>What the error is about: an input, an output, a file, a batch.</summary>
    public string Subject { get; }

    /// <summary>What to do about it; may be empty.</summary>
    public string Hint { get; }
}
