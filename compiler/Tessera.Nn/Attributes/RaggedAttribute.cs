namespace Tessera.Nn;

/// <summary>Says that a symbolic size of the inputs differs from example to example, so that batching packs or pads it.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class RaggedAttribute(string symbol) : Attribute
{
    /// <summary>A symbol that an <see cref="InputAttribute"/> of the module names.</summary>
    public string Symbol { get; } = symbol;
}
