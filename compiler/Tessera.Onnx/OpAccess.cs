using Tessera.Ir;
using Tessera.Ir.Onnx;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Operands and attributes of an op by their text names.</summary>
internal static class OpAccess
{
    public static AttributeSpec Spec(OpSchema schema, string attribute) =>
        schema.Attributes.FirstOrDefault(a => a.Name == attribute)
        ?? throw new InvalidOperationException($"{schema.Name} has no attribute '{attribute}'.");

    public static object? Attribute(Op op, string attribute) => Spec(op.Schema, attribute).Get(op);

    /// <summary>How many operands are inputs of the node; those after are captures, which subgraphs name by themselves.</summary>
    public static int InputCount(Op op) => op is IRegionOp holder ? op.Operands.Length - holder.CaptureCount : op.Operands.Length;

    /// <summary>The operand of a name, without captures.</summary>
    public static IEnumerable<Value?> Inputs(Op op, string name) => op is IRegionOp holder && op.Schema.Operands[^1].Name == name
        ? Operands(op, name).SkipLast(holder.CaptureCount)
        : Operands(op, name);

    /// <summary>The operand of a name: one value or null, or all values of a variadic one.</summary>
    public static IEnumerable<Value?> Operands(Op op, string name)
    {
        IReadOnlyList<OperandSpec> specs = op.Schema.Operands;
        int at = IndexOf(op.Schema, name);
        int variadic = specs.Select(static (s, i) => (s, i)).FirstOrDefault(static p => p.s.Kind == OperandKind.Variadic, (null!, -1)).i;
        int spread = op.Operands.Length - specs.Count + 1;
        return specs[at].Kind == OperandKind.Variadic
            ? op.Operands.Skip(at).Take(spread)
            : [op.Operands[variadic >= 0 && at > variadic ? at + spread - 1 : at]];
    }

    public static bool IsVariadic(OpSchema schema, string operand) => schema.Operands[IndexOf(schema, operand)].Kind == OperandKind.Variadic;

    public static int IndexOf(OpSchema schema, string operand)
    {
        for (int i = 0; i < schema.Operands.Count; i++)
        {
            if (schema.Operands[i].Name == operand)
            {
                return i;
            }
        }

        throw new InvalidOperationException($"{schema.Name} has no operand '{operand}'.");
    }

    /// <summary>What an attribute may be that a row leaves open, its default first: flags and enumerations; nothing for others.</summary>
    public static IReadOnlyList<object> Choices(AttributeSpec spec) => spec.Type switch
    {
        var t when t == typeof(bool) => spec.Default is true ? [true, false] : [false, true],
        { IsEnum: true } t when t != typeof(DType) => [.. Enum.GetValues(t).Cast<object>().OrderBy(member => !member.Equals(spec.Default))],
        _ => [],
    };

    /// <summary>Whether the node of a row, read again, would give the attribute its value: the first choice that the row stands for.</summary>
    public static bool IsTold(Op op, OnnxRow row, AttributeSpec spec)
    {
        object? value = spec.Get(op);
        Dictionary<string, object?> attributes = op.Schema.Attributes.ToDictionary(static a => a.Name, a => a.Get(op), StringComparer.Ordinal);
        foreach (object choice in Choices(spec).TakeWhile(c => !c.Equals(value)))
        {
            attributes[spec.Name] = choice;
            if (row.When?.Invoke(op.Schema.Create(op.Operands, attributes)) != false)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a row writes the attribute, as an attribute or as an input.</summary>
    public static bool Names(OnnxRow row, string attribute) =>
        row.Attributes.Any(a => a is OnnxAttr.Direct direct && direct.Attribute == attribute)
        || (row.Inputs ?? []).Any(a => a switch
        {
            OnnxArgument.Ints ints => ints.Attribute == attribute,
            OnnxArgument.Dims dims => dims.Attribute == attribute,
            OnnxArgument.Scalar scalar => scalar.Attribute == attribute,
            OnnxArgument.Int integer => integer.Attribute == attribute,
            _ => false,
        });

    /// <summary>A list of integers; null when the attribute is absent.</summary>
    public static long[]? Integers(Op op, string attribute) => Attribute(op, attribute) switch
    {
        null => null,
        EquatableArray<long> list => [.. list],
        long one => [one],
        var other => throw new InvalidOperationException($"{op.Schema.Name}.{attribute} is {other}, no list of integers."),
    };

    /// <summary>A list of sizes; null when the attribute is absent.</summary>
    public static Shape? Sizes(Op op, string attribute) => Attribute(op, attribute) switch
    {
        null => null,
        Shape shape => shape,
        Dim dim => [dim],
        EquatableArray<Dim> dims => [.. dims],
        EquatableArray<long> sizes => [.. sizes.Select(static s => Dim.Const(s))],
        var other => throw new InvalidOperationException($"{op.Schema.Name}.{attribute} is {other}, no list of sizes."),
    };

    /// <summary>A value of a mapping table in the type of the attribute it stands for.</summary>
    public static object Coerce(object value, Type type) => (value, Nullable.GetUnderlyingType(type) ?? type) switch
    {
        (long i, var t) when t == typeof(bool) => i != 0,
        (long i, { IsEnum: true } t) => Enum.ToObject(t, i),
        (long i, var t) when t == typeof(Dim) => Dim.Const(i),
        (long i, var t) when t == typeof(int) => (int)i,
        (double d, var t) when t == typeof(Real) => new Real(d),
        (string s, { IsEnum: true } t) => Enum.GetValues(t).Cast<object>().First(m => AttributeWriter.Snake(m) == s),
        (long[] list, _) => list.ToEquatableArray(),
        _ => value,
    };
}
