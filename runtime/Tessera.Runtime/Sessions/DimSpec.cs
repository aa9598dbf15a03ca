using System.Globalization;

namespace Tessera.Runtime;

/// <summary>One axis of a model's input or output: a fixed size, a named symbol, or unknown (neither).</summary>
/// <param name="Size">The fixed size, else null.</param>
/// <param name="Symbol">The symbol's name as the model spells it (<c>n</c>, <c>batch</c>), else null.</param>
public readonly record struct DimSpec(long? Size, string? Symbol)
{
    public override string ToString() => Size?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
