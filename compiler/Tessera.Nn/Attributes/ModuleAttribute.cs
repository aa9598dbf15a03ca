namespace Tessera.Nn;

/// <summary>
/// Marks a <c>sealed partial</c> class as a module: the generator adds the base class <c>Module</c>, its children and
/// weight names, an <c>Apply</c> for each public <c>Forward</c>, and <c>ToString</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModuleAttribute : Attribute;
