namespace Tessera.Nn;

/// <summary>A child module, a list of them, or a weight, under its name in weight paths; a null member is skipped.</summary>
public readonly record struct ModuleMember(string Name, object? Member);
