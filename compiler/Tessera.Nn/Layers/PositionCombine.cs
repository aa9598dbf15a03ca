namespace Tessera.Nn.Layers;

/// <summary>How the embeddings of row and column become one.</summary>
public enum PositionCombine
{
    Sum,

    /// <summary>Half the features each.</summary>
    Stack,
    Product,
}
