namespace Tessera.Ir;

/// <summary>How an operand may be given.</summary>
public enum OperandKind
{
    Required,
    Optional,
    Variadic,
}

/// <summary>One operand of an op, in positional order.</summary>
public sealed record OperandSpec(string Name, OperandKind Kind);

/// <summary>One attribute of an op: its text name, C# type and how to read it.</summary>
/// <param name="Name">snake_case name of the text form.</param>
/// <param name="Type">The property's type.</param>
/// <param name="Required">Whether it has no default.</param>
/// <param name="Get">Reads it from an op of the schema's kind.</param>
/// <param name="Default">Its default; null when required or when the default is null.</param>
public sealed record AttributeSpec(string Name, Type Type, bool Required, Func<Op, object?> Get, object? Default);

/// <summary>Names, operands, attributes and the factory of one kind of op. Generated from the record.</summary>
public sealed class OpSchema
{
    /// <summary>snake_case name of the text form.</summary>
    public required string Name { get; init; }

    public required Type OpType { get; init; }

    public required IReadOnlyList<OperandSpec> Operands { get; init; }

    public required IReadOnlyList<AttributeSpec> Attributes { get; init; }

    /// <summary>Builds the op from operands in the layout of <see cref="Op.Operands"/> and attributes by text name.</summary>
    public required Func<IReadOnlyList<Value?>, IReadOnlyDictionary<string, object?>, Op> Create { get; init; }

    /// <summary>The given op over other operands.</summary>
    public required Func<Op, IReadOnlyList<Value?>, Op> Rebuild { get; init; }

    /// <summary>The ONNX form: rows by opset version, read and written by the same table. Null for an op that is always lowered first.</summary>
    public Onnx.OnnxMapping? Onnx { get; init; }

    /// <summary>Edge cases that feed the coverage tests.</summary>
    public Func<IEnumerable<OpSample>>? Samples { get; init; }

    public override string ToString() => Name;
}
