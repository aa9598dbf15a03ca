namespace Tessera.Nn;

/// <summary>Names a static factory method without parameters that returns a configured module: <c>[Preset("B16")]</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PresetAttribute(string name) : Attribute
{
    /// <summary>The name users give to the tool.</summary>
    public string Name { get; } = name;
}
