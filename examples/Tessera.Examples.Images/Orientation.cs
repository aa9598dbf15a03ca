using SkiaSharp;

namespace Tessera.Examples.Images;

/// <summary>One of the eight ways a camera can store an image, and where each upright pixel is found in it.</summary>
internal readonly record struct Orientation(int Width, int Height, bool Swap, bool FlipRow, bool FlipColumn, int StoredWidth, int StoredHeight)
{
    /// <summary>The upright image's size and mapping, for a stored image of this size.</summary>
    public static Orientation Of(SKEncodedOrigin origin, int width, int height)
    {
        var (swap, flipRow, flipColumn) = origin switch
        {
            SKEncodedOrigin.TopRight => (false, false, true),
            SKEncodedOrigin.BottomRight => (false, true, true),
            SKEncodedOrigin.BottomLeft => (false, true, false),
            SKEncodedOrigin.LeftTop => (true, false, false),
            SKEncodedOrigin.RightTop => (true, true, false),
            SKEncodedOrigin.RightBottom => (true, true, true),
            SKEncodedOrigin.LeftBottom => (true, false, true),
            _ => (false, false, false),
        };
        return swap
            ? new(height, width, swap, flipRow, flipColumn, width, height)
            : new(width, height, swap, flipRow, flipColumn, width, height);
    }

    /// <summary>The stored row and column of an upright pixel.</summary>
    public (int Row, int Column) Source(int row, int column)
    {
        var (y, x) = Swap ? (column, row) : (row, column);
        return (FlipRow ? StoredHeight - 1 - y : y, FlipColumn ? StoredWidth - 1 - x : x);
    }
}
