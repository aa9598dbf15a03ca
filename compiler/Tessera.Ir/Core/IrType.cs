namespace Tessera.Ir;

/// <summary>The type of a value: a tensor, a sequence or an optional.</summary>
public abstract record IrType
{
    private protected IrType()
    {
    }
}

/// <summary>A tensor; <see cref="Shape"/> is null when the rank is unknown.</summary>
public sealed record TensorType(DType DType, Shape? Shape) : IrType
{
    public int Rank => Shape?.Rank ?? throw new InvalidOperationException($"The rank of {this} is not known.");

    public override string ToString() => Shape is null ? $"{DType.Text()}[*]" : $"{DType.Text()}{Shape}";
}

/// <summary>A sequence of values of one type; for tensors of varying shape the element is unranked.</summary>
public sealed record SequenceType(IrType Element) : IrType
{
    public override string ToString() => $"seq<{Element}>";
}

/// <summary>A value that may be absent.</summary>
public sealed record OptionalType(IrType Element) : IrType
{
    public override string ToString() => $"opt<{Element}>";
}
