namespace Tessera.Ir;

/// <summary>One result of one op. Values are compared by reference; the builder's interning makes that structural.</summary>
public sealed class Value
{
    internal Value(Op producer, int index, IrType type, SourceLocation source, int id)
    {
        Producer = producer;
        Index = index;
        Type = type;
        Source = source;
        Id = id;
    }

    /// <summary>The op that computes this value, however many results it has.</summary>
    public Op Producer { get; }

    /// <summary>
    /// The op when this is its only result, for pattern matching; null for a result of a many-valued op,
    /// which is matched by <see cref="Is{TOp}"/> so that a rule never takes one result for another.
    /// </summary>
    public Op? Op => Producer.OutputCount == 1 ? Producer : null;

    public int Index { get; }

    public IrType Type { get; }

    public SourceLocation Source { get; }

    /// <summary>What a model from elsewhere says of the value; null where nothing is said. It stays with what takes the value's place.</summary>
    public Remark? Remark { get; internal set; }

    /// <summary>Order of creation in its builder; operands have smaller ids than the values made of them.</summary>
    public int Id { get; }

    /// <summary>The tensor type.</summary>
    /// <exception cref="InvalidOperationException">The value is a sequence or an optional.</exception>
    public TensorType Tensor => Type as TensorType ?? throw new InvalidOperationException($"{this} is no tensor.");

    public DType DType => Tensor.DType;

    /// <summary>
    /// The integer content as symbolic sizes, row-major, where it follows from shapes and constants and is short
    /// (<see cref="MostSizes"/>); null otherwise. Told once, when the value is made, so that no chain is walked again.
    /// </summary>
    public IReadOnlyList<Dim>? Sizes { get; internal set; }

    /// <summary>Content longer than this is data and no shape.</summary>
    public const int MostSizes = 64;

    /// <summary>The shape.</summary>
    /// <exception cref="TesseraException">TSR0201: the rank is not known.</exception>
    public Shape Shape => Tensor.Shape ?? throw new TesseraException("TSR0201", Source, $"the rank of {this} is not known.");

    public int Rank => Shape.Rank;

    /// <summary>True when this is result <paramref name="output"/> of a <typeparamref name="TOp"/>.</summary>
    public bool Is<TOp>(int output, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TOp? op)
        where TOp : Op
    {
        op = Index == output ? Producer as TOp : null;
        return op is not null;
    }

    /// <summary>Values are compared by reference; the id is a hash that nothing has to be looked up for.</summary>
    public override int GetHashCode() => Id;

    public override string ToString() => $"%{Id}: {Type} ({Producer.Schema.Name})";
}
