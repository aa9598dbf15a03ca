namespace Tessera.Nn.Models;

/// <summary>How a vision transformer turns tokens into one vector.</summary>
public enum ViTHead
{
    /// <summary>A class token, which the classifier reads (arXiv 2010.11929).</summary>
    Cls,

    /// <summary>The mean over all tokens.</summary>
    Gap,

    /// <summary>Attention pooling by a learned query.</summary>
    Map,
}
