namespace Tessera.Nn;

/// <summary>Replaces the weight name derived from a member's C# name, where a checkpoint calls it otherwise.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class WeightNameAttribute(string name) : Attribute
{
    /// <summary>The segment, or dotted segments, of the weight path.</summary>
    public string Name { get; } = name;
}
