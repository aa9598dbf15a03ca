namespace Tessera.Nn;

/// <summary>A fact about the symbolic sizes of the inputs, such as <c>n &gt;= 1</c> or <c>h % 14 == 0</c>.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class WhereAttribute(string constraint) : Attribute
{
    /// <summary>The constraint; expressions in braces are evaluated as in <see cref="InputAttribute"/>.</summary>
    public string Constraint { get; } = constraint;
}
