namespace Tessera.Examples.Images;

/// <summary>An image cut into a grid of square patches, in row-major order: patch <c>r · Columns + c</c> is at row r, column c.</summary>
public sealed class PatchedImage
{
    internal PatchedImage(RgbImage source, int patch, int rows, int columns, float[] patches)
    {
        (Name, Width, Height, Patch, Rows, Columns, Patches) = (source.Name, source.Width, source.Height, patch, rows, columns, patches);
        RowIndices = [.. Enumerable.Range(0, Tokens).Select(index => (long)(index / Columns))];
        ColumnIndices = [.. Enumerable.Range(0, Tokens).Select(index => (long)(index % Columns))];
    }

    public string Name { get; }

    /// <summary>The image's width before it was scaled and cropped.</summary>
    public int Width { get; internal init; }

    /// <summary>The image's height before it was scaled and cropped.</summary>
    public int Height { get; internal init; }

    /// <summary>The side of a patch in pixels, p.</summary>
    public int Patch { get; }

    /// <summary>The grid's height in patches.</summary>
    public int Rows { get; }

    /// <summary>The grid's width in patches.</summary>
    public int Columns { get; }

    /// <summary>The number of patches, n.</summary>
    public int Tokens => Rows * Columns;

    /// <summary>
    /// <c>f32[n, p · p · 3]</c>. Inside a patch pixels are row-major with their channels last: element
    /// <c>(y · p + x) · 3 + channel</c>, channels red, green, blue, values from −1 to 1.
    /// </summary>
    public float[] Patches { get; }

    /// <summary>Each patch's row in the grid: <c>i64[n]</c>.</summary>
    public long[] RowIndices { get; }

    /// <summary>Each patch's column in the grid: <c>i64[n]</c>.</summary>
    public long[] ColumnIndices { get; }

    public override string ToString() => $"{Name} ({Width} × {Height}): {Rows} × {Columns} patches";
}
