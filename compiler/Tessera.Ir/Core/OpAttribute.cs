namespace Tessera.Ir;

/// <summary>Marks a sealed partial record as an op; the generator adds schema, operand access, builder method and parser arm.</summary>
/// <param name="name">snake_case name of the text form.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OpAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
