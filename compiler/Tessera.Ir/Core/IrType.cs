namespace Tessera.Ir;

/// <summary>The type of a value: a tensor, a sequence or an optional; of what only passes through, a map, a sparse tensor or a type that others define.</summary>
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

/// <summary>Values by key, as <c>ZipMap</c> gives them.</summary>
public sealed record MapType(DType Key, IrType Element) : IrType
{
    public override string ToString() => $"map<{Key.Text()}, {Element}>";
}

/// <summary>A tensor of which only some elements are kept.</summary>
public sealed record SparseType(DType DType, Shape? Shape) : IrType
{
    public override string ToString() => $"sparse<{new TensorType(DType, Shape)}>";
}

/// <summary>A type that somebody else defines.</summary>
public sealed record ForeignType(string Domain, string Name) : IrType
{
    public override string ToString() => $"foreign<{Quoted(Domain)}, {Quoted(Name)}>";

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
