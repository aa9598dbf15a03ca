using Tessera.Ir;

namespace Tessera.Passes.Canonicalize;

/// <summary>Sizes in attributes  →  equal sizes, as small as the constraints make them.</summary>
public sealed class SimplifySizes : RewriteRule<Op>
{
    public override bool TakesAnyType => true;

    public override IReadOnlyList<Value>? ApplyAll(Op op, RewriteContext context)
    {
        Dictionary<string, object?>? changed = null;
        foreach (AttributeSpec attribute in op is Ir.Ops.Input ? [] : op.Schema.Attributes)
        {
            object? simpler = attribute.Get(op) switch
            {
                Dim dim => Simplify(dim, context.Facts),
                Shape shape when !shape.IsStatic => shape.Map(d => Simplify(d, context.Facts)),
                EquatableArray<Dim> dims => dims.Select(d => Simplify(d, context.Facts)).ToEquatableArray(),
                _ => null,
            };
            if (simpler is not null && !simpler.Equals(attribute.Get(op)))
            {
                changed ??= op.Schema.Attributes.ToDictionary(static a => a.Name, a => a.Get(op), StringComparer.Ordinal);
                changed[attribute.Name] = simpler;
            }
        }

        return changed is null ? null : context.EmitAs(op.Schema.Create(op.Operands, changed), op);
    }

    // Only what gets shorter counts as simpler, so that no two forms can take turns.
    private static Dim Simplify(Dim dim, DimFacts facts)
    {
        if (dim.IsConst(out _) || dim.IsSymbol(out _))
        {
            return dim;
        }

        Dim simpler = facts.Simplify(dim);
        return simpler.ToString().Length < dim.ToString().Length ? simpler : dim;
    }
}
