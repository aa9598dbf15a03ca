using System.Collections.Immutable;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir;

/// <summary>
/// A pure operation: an immutable record of operands (positional) and attributes (init properties).
/// Everything known about an op stands in its one file: type inference, reference semantics, behaviour under a
/// batch axis, the ONNX form and samples. Identity is record equality; operands compare by reference.
/// </summary>
public abstract record Op
{
    private IReadOnlyList<Value>? _outputs;
    private ImmutableArray<Value?> _operands;
    private int _hash;

    protected Op()
    {
    }

    /// <summary>A copy made by <c>with</c> is a new op: it has no results until a builder emits it.</summary>
    protected Op(Op original)
    {
    }

    /// <summary>Names, operands and attributes; generated.</summary>
    public abstract OpSchema Schema { get; }

    /// <summary>Operands in order, variadic ones spread out; null where an optional operand is absent. Generated.</summary>
    public ImmutableArray<Value?> Operands => _operands.IsDefault ? _operands = ListOperands() : _operands;

    /// <summary>What <see cref="Operands"/> holds from its first use on. Generated.</summary>
    protected abstract ImmutableArray<Value?> ListOperands();

    /// <summary>Laws that hold for it.</summary>
    public virtual OpTraits Traits => OpTraits.None;

    /// <summary>
    /// Multiply-accumulates of one run, without those of regions, as the literature counts them: of products, convolutions, attention
    /// and recurrence. 0 for all else; what depends on the lengths of examples is not in it.
    /// </summary>
    public virtual Dim Macs => 0;

    /// <summary>Number of results.</summary>
    public virtual int OutputCount => 1;

    /// <summary>The results, once a builder has emitted the op.</summary>
    public IReadOnlyList<Value> Outputs
    {
        get => _outputs ?? throw new InvalidOperationException($"{Schema.Name} was not emitted.");
        internal set => _outputs = value;
    }

    /// <summary>What a model from elsewhere says of the node that the op is; null of an op made here.</summary>
    public Remark? Remark { get; internal set; }

    /// <summary>The builder that emitted this very record.</summary>
    internal GraphBuilder? Owner { get; set; }

    /// <summary>The record's hash, computed once: an op never changes.</summary>
    internal int CachedHash => _hash != 0 ? _hash : _hash = GetHashCode() is var hash && hash != 0 ? hash : 1;

    /// <summary>Whether a builder has emitted this very record.</summary>
    internal bool IsEmitted => _outputs is not null;

    /// <summary>The same op over other operands, in the layout of <see cref="Operands"/>.</summary>
    public Op WithOperands(IReadOnlyList<Value?> operands) => Schema.Rebuild(this, operands);

    /// <summary>The types of the results, or an error that names both sides.</summary>
    public abstract IReadOnlyList<IrType> InferTypes(InferContext context);

    /// <summary>The reference semantics: plain loops, floats in double, integers, bools and strings in their own type.</summary>
    public abstract IReadOnlyList<RefValue> Evaluate(EvalContext context);

    /// <summary>
    /// The integer content of a result as symbolic dims, row-major, where it follows from shapes and constants alone;
    /// null otherwise. Lets shape arithmetic fold away and sizes stay symbolic. Asked once, when the op is emitted; of its
    /// operands it sees <see cref="Value.Sizes"/>.
    /// </summary>
    public virtual IReadOnlyList<Dim>? DimContent(int output) => null;

    /// <summary>
    /// Where an operand holds the offsets of segments (<c>cu_seqlens</c>, from 0 to the number of rows): how many rows it
    /// cuts. Null for any other operand.
    /// </summary>
    public virtual Dim? RowsCutBy(int operand) => null;

    /// <summary>The op as the body of its own function sees it: without what it knows of sizes of the graph around it.</summary>
    public virtual Op Closed() => this;

    /// <summary>
    /// The same results by simpler ops, emitted into the op's own builder; null when there is none. It serves targets that
    /// lack the op, and is the body of the ONNX function that stands beside a fused op.
    /// </summary>
    public virtual IReadOnlyList<Value>? Decompose(GraphBuilder builder) => null;

    /// <summary>
    /// The op for a batch of examples, given its one-example operands in their batched forms. It is called only when an
    /// operand depends on the example. An op that says nothing of it is batched by its decomposition.
    /// </summary>
    public virtual IReadOnlyList<Batched> Batch(BatchContext context) => context.ByParts();

    // Results are where an op was emitted, not what it is: equality leaves them out.
    public virtual bool Equals(Op? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();
}
