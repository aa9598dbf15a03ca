using Tessera.Ir;

namespace Tessera.Passes;

/// <summary>
/// A law of the form <c>a → b</c>: looks at one op and what it is made of, and gives what equals it. A law holds for NaN,
/// ±∞ and −0 too, and never looks at names. Derive from <see cref="RewriteRule{TOp}"/>.
/// </summary>
public abstract class RewriteRule
{
    private protected RewriteRule() => Name = Ir.Text.Spelling.Kebab(GetType().Name);

    /// <summary>The type's name in kebab case: <c>fuse-attention</c>.</summary>
    public string Name { get; }

    /// <summary>Ops it looks at: this type and those derived from it.</summary>
    public abstract Type OpType { get; }

    /// <summary>Whether it also looks at ops with sequences, or tensors of unknown rank, among operands and results.</summary>
    public virtual bool TakesAnyType => false;

    /// <summary>One value for each result of the op, or null where the law does not apply.</summary>
    internal abstract IReadOnlyList<Value>? Try(Op op, RewriteContext context);
}

/// <summary>A law about ops of one kind; override one of the two methods.</summary>
public abstract class RewriteRule<TOp> : RewriteRule
    where TOp : Op
{
    public sealed override Type OpType => typeof(TOp);

    /// <summary>What equals the op's only result, or null.</summary>
    public virtual Value? Apply(TOp op, RewriteContext context) => null;

    /// <summary>What equals each of the op's results, or null.</summary>
    public virtual IReadOnlyList<Value>? ApplyAll(TOp op, RewriteContext context) =>
        op.OutputCount == 1 && Apply(op, context) is { } value ? [value] : null;

    internal sealed override IReadOnlyList<Value>? Try(Op op, RewriteContext context) => ApplyAll((TOp)op, context);
}
