namespace Tessera.Examples.Images;

/// <summary>
/// Cuts images into patches as NaViT does (arXiv 2307.06304): at their own resolution and aspect ratio. Only an image
/// of more than <see cref="MaxTokens"/> patches is scaled down, both sides alike. Sides that are no multiple of the
/// patch are then cropped to one, equally on both ends (an odd pixel goes at the bottom or right).
/// </summary>
public sealed class Patchifier
{
    /// <param name="patch">The side of a patch in pixels.</param>
    /// <param name="maxTokens">The most patches an image may have; null for no limit.</param>
    public Patchifier(int patch, int? maxTokens = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(patch);
        if (maxTokens is { } limit)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit, nameof(maxTokens));
        (Patch, MaxTokens) = (patch, maxTokens);
    }

    public int Patch { get; }

    public int? MaxTokens { get; }

    /// <exception cref="Tessera.Runtime.TesseraRuntimeException">
    /// NAVIT05: a side is shorter than a patch. NAVIT06: scaled to the token limit, it would be.
    /// </exception>
    public PatchedImage Cut(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Width < Patch || image.Height < Patch)
            throw ImageErrors.SmallerThanPatch(image.Name, image.Width, image.Height, Patch);
        var fitted = Fit(image);
        var (rows, columns) = (fitted.Height / Patch, fitted.Width / Patch);
        return new(image, Patch, rows, columns, Copy(fitted, rows, columns));
    }

    private RgbImage Fit(RgbImage image)
    {
        if (MaxTokens is not { } limit || (long)(image.Height / Patch) * (image.Width / Patch) <= limit)
            return image;
        // ⌊s·h/p⌋ · ⌊s·w/p⌋ ≤ s²·h·w/p², which this scale makes the limit.
        var scale = Math.Sqrt((double)limit * Patch * Patch / ((double)image.Height * image.Width));
        var (width, height) = ((int)Math.Floor(image.Width * scale), (int)Math.Floor(image.Height * scale));
        if (width < Patch || height < Patch)
            throw ImageErrors.TooNarrow(image.Name, image.Width, image.Height, limit, width, height, Patch);
        return Resizer.Resize(image, width, height);
    }

    private float[] Copy(RgbImage image, int rows, int columns)
    {
        var (top, left) = ((image.Height - rows * Patch) / 2, (image.Width - columns * Patch) / 2);
        var line = 3 * Patch;
        var patches = new float[rows * columns * Patch * line];
        var at = 0;
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                for (var y = 0; y < Patch; y++, at += line)
                    image.Pixels.AsSpan(3 * ((top + row * Patch + y) * image.Width + left + column * Patch), line).CopyTo(patches.AsSpan(at));
        return patches;
    }
}
