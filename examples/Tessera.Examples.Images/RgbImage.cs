namespace Tessera.Examples.Images;

/// <summary>A decoded image: <c>pixels f32[height, width, 3]</c>, row-major, red green blue, each from −1 (black) to 1.</summary>
public sealed class RgbImage
{
    public RgbImage(string name, int width, int height, float[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNotEqual((long)pixels.Length, 3L * width * height, nameof(pixels));
        (Name, Width, Height, Pixels) = (name, width, height, pixels);
    }

    /// <summary>The file's path, or what the image was drawn as.</summary>
    public string Name { get; }

    public int Width { get; }

    public int Height { get; }

    public float[] Pixels { get; }

    /// <summary>Red, green and blue of one pixel.</summary>
    public ReadOnlySpan<float> this[int row, int column] => Pixels.AsSpan(3 * (row * Width + column), 3);

    public override string ToString() => $"{Name} ({Width} × {Height})";
}
