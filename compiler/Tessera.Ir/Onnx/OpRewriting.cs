namespace Tessera.Ir.Onnx;

/// <summary>Copies of ops with other attributes, whatever the op.</summary>
public static class OpRewriting
{
    /// <summary>The op with symbols replaced in its sizes, shapes and types.</summary>
    public static Op Substitute(Op op, Func<string, Dim?> map) => MapAttributes(op, value => value switch
    {
        Dim dim => dim.Substitute(map),
        Shape shape => shape.Substitute(map),
        EquatableArray<Dim> dims => dims.Select(d => d.Substitute(map)).ToEquatableArray(),
        IrType type => IrTypes.Substitute(type, map),
        _ => value,
    });

    /// <summary>The op with each region replaced.</summary>
    public static Op MapRegions(Op op, Func<Region, Region> map) =>
        MapAttributes(op, value => value is Region region ? map(region) : value);

    /// <summary>The op with each attribute replaced; the very op where none changes.</summary>
    public static Op MapAttributes(Op op, Func<object?, object?> map)
    {
        Dictionary<string, object?> attributes = new(StringComparer.Ordinal);
        bool changed = false;
        foreach (AttributeSpec attribute in op.Schema.Attributes)
        {
            object? value = attribute.Get(op);
            object? mapped = map(value);
            changed |= value is Region ? !ReferenceEquals(value, mapped) : !Equals(value, mapped); // comparing regions prints them
            attributes.Add(attribute.Name, mapped);
        }

        return changed ? op.Schema.Create(op.Operands, attributes) : op;
    }
}
