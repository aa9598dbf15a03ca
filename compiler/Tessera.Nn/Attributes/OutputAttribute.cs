namespace Tessera.Nn;

/// <summary>
/// Declares the type of an output of an entry module, on what <c>Forward</c> returns: <c>[return: Output("f32[{classes}]")]</c>. An output without a declaration
/// has whatever type the trace gives it; a typed session then takes its elements for the compute type.
/// </summary>
[AttributeUsage(AttributeTargets.ReturnValue, AllowMultiple = true)]
public sealed class OutputAttribute(string type, string? element = null) : Attribute
{
    /// <summary>The declared type, with its braces unevaluated, as in <see cref="InputAttribute"/>.</summary>
    public string Type { get; } = type;

    /// <summary>The element of the returned tuple; null where one tensor is returned.</summary>
    public string? Element { get; } = element;
}
