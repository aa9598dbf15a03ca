namespace Tessera.Nn;

/// <summary>
/// Declares the type of an input of an entry module: <c>f32[n, {dim}]</c>. A name is a symbolic size; an expression in
/// braces is C# over constructor parameters and members of the module, evaluated when the signature is asked for.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class InputAttribute(string type) : Attribute
{
    /// <summary>The declared type, with its braces unevaluated.</summary>
    public string Type { get; } = type;
}
