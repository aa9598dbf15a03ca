namespace Tessera.Onnx;

/// <summary>
/// How much a model may ask for before it is refused (TSR0830). Files are untrusted: a few bytes can ask for terabytes of
/// weights, or by functions that call each other twice for more nodes than any memory holds.
/// </summary>
public sealed record ReadLimits
{
    /// <summary>What is held to where nothing else is said.</summary>
    public static ReadLimits Default { get; } = new();

    /// <summary>Nodes after functions are inlined, those of subgraphs among them.</summary>
    public long MaxNodes { get; init; } = 1_000_000;

    /// <summary>How deep subgraphs and calls of functions nest, taken together.</summary>
    public int MaxDepth { get; init; } = 48;

    /// <summary>Bytes of all tensors, wherever they lie; one that is declared twice counts twice.</summary>
    public long MaxBytes { get; init; } = 1L << 40;

    /// <summary>Fields with a length that the file may hold (nodes, attributes, names): a few bytes there are a hundred in memory.</summary>
    internal long MaxFields => MaxNodes > long.MaxValue / FieldsPerNode ? long.MaxValue : Math.Max(MaxNodes * FieldsPerNode, 1 << 12);

    private const long FieldsPerNode = 32;
}
