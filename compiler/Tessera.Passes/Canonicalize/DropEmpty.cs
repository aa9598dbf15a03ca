using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Canonicalize;

/// <summary>A split into parts of which some are empty  →  a split into the others, or x where one is left;  concat(x, nothing)  →  concat(x).</summary>
public sealed class DropEmpty : RewriteRule<Op>
{
    public override IReadOnlyList<Value>? ApplyAll(Op op, RewriteContext context) => op switch
    {
        Split { Sizes.Count: > 1 } split => WithoutEmpty(split, context),
        Concat concat => WithoutEmpty(concat, context),
        _ => null,
    };

    private static IReadOnlyList<Value>? WithoutEmpty(Split split, RewriteContext context)
    {
        Dim[] full = [.. split.Sizes.Where(static s => s != Dim.Zero)];
        if (full.Length == 0 || full.Length == split.Sizes.Count)
        {
            return null;
        }

        IReadOnlyList<Value> parts = full.Length == 1 ? [split.X] : context.EmitAll(split with { Sizes = full.ToEquatableArray() });
        int next = 0;
        return [.. split.Sizes.Select(s => s == Dim.Zero
            ? context.Emit(new Slice(split.X) { Starts = [Dim.Zero], Ends = [Dim.Zero], Axes = [split.Axis] })
            : parts[next++])];
    }

    private static IReadOnlyList<Value>? WithoutEmpty(Concat concat, RewriteContext context)
    {
        Value[] full = [.. concat.Inputs.Where(v => v.Shape[(int)(concat.Axis < 0 ? concat.Axis + v.Rank : concat.Axis)] != Dim.Zero)];
        return full.Length == 0 || full.Length == concat.Inputs.Count ? null : [context.Emit(concat with { Inputs = full.ToEquatableArray() })];
    }
}
