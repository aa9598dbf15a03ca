namespace Tessera.Compiler;

/// <summary>What is no error and yet should not be overlooked.</summary>
/// <param name="Code">
/// TSR0512: a rewritten site was not checked. TSR0903: a weight holds NaN or infinities. TSR0904: numbers of a weight became
/// infinite in the compute type. TSR0906: what the model said of its training is left out.
/// </param>
/// <param name="Place">The site, or the path of the weight.</param>
/// <param name="Message">What is the matter, with its numbers.</param>
public sealed record CompileWarning(string Code, string Place, string Message)
{
    public override string ToString() => $"{Code} {Place}: {Message}";
}
