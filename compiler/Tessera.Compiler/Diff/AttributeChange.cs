namespace Tessera.Compiler.Diff;

/// <summary>An attribute that differs between counterparts.</summary>
/// <param name="Op">Text name of the op.</param>
/// <param name="Attribute">Name of the attribute.</param>
/// <param name="FirstPlace">Where the op stands in the first model.</param>
/// <param name="SecondPlace">Where it stands in the second.</param>
/// <param name="First">Value in the first model.</param>
/// <param name="Second">Value in the second.</param>
public sealed record AttributeChange(string Op, string Attribute, string FirstPlace, string SecondPlace, string First, string Second);
