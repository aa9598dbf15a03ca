namespace Tessera.Testing.Exporters;

/// <summary>How large an exported encoder is.</summary>
/// <param name="Width">Features of a token.</param>
/// <param name="Heads">Heads of attention.</param>
/// <param name="Hidden">Features inside the feed-forward network.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Words">Rows of the table of words.</param>
/// <param name="Positions">Rows of the table of positions: the longest sentence.</param>
public sealed record EncoderSize(int Width, int Heads, int Hidden, int Layers, int Words, int Positions)
{
    internal const int TinyWidth = 8;

    /// <summary>As small as it may be.</summary>
    public static EncoderSize Tiny { get; } = new(TinyWidth, 2, 16, 2, 11, 16);

    /// <summary>BERT-base (arXiv 1810.04805).</summary>
    public static EncoderSize BertBase { get; } = new(768, 12, 3072, 12, 30522, 512);

    public int HeadSize => Width / Heads;
}
