using SkiaSharp;
using Tessera.Examples.Images;
using Xunit;

namespace Tessera.Examples.Tests;

public sealed class ImageDecoderTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Png_keeps_its_size_and_every_value()
    {
        var path = _files.Png("a.png", 3, 2, (row, column) => new SKColor((byte)(row * 255), (byte)(column * 100), 51));
        var image = ImageDecoder.Decode(path);

        Assert.Equal((3, 2, path), (image.Width, image.Height, image.Name));
        Assert.Equal([-1f, 200 / 127.5f - 1, -0.6f], image[0, 2].ToArray(), Close);
        Assert.Equal([1f, -1f, -0.6f], image[1, 0].ToArray(), Close);
    }

    [SkippableFact]
    public void File_that_cannot_be_read_is_an_error_and_not_the_end_of_the_process()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "A file that opens and cannot be read is known of Linux only.");
        Fails.With("NAVIT01", () => ImageDecoder.Decode("/proc/self/mem"), "/proc/self/mem");
    }

    [Fact]
    public void Black_and_white_are_exactly_the_ends_of_the_range()
    {
        var image = ImageDecoder.Decode(_files.Png("a.png", 2, 1, (_, column) => column == 0 ? SKColors.Black : SKColors.White));

        Assert.Equal([-1f, -1, -1, 1, 1, 1], image.Pixels);
    }

    [Fact]
    public void Transparency_is_laid_over_white()
    {
        var image = ImageDecoder.Decode(_files.Png("a.png", 3, 1, (_, column) => new SKColor(255, 0, 0, (byte)(column switch { 0 => 0, 1 => 51, _ => 255 }))));

        Assert.Equal([1f, 1, 1], image[0, 0].ToArray());
        Assert.Equal([1f, 0.6f, 0.6f], image[0, 1].ToArray(), Close);
        Assert.Equal([1f, -1, -1], image[0, 2].ToArray());
    }

    [Fact]
    public void Grey_png_has_three_equal_channels()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.SetPixel(1, 0, new SKColor(51, 51, 51));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var image = ImageDecoder.Decode(_files.Bytes("grey.png", data.ToArray()));

        Assert.Equal([-0.6f, -0.6f, -0.6f], image[0, 1].ToArray(), Close);
    }

    // What an upright F-like pattern looks like to a reader of the stored pixels is the EXIF table: the corner named
    // first is where stored row 0, column 0 belongs.
    [Theory]
    [InlineData(1, 0, 0, false)]
    [InlineData(2, 0, 1, false)]
    [InlineData(3, 1, 1, false)]
    [InlineData(4, 1, 0, false)]
    [InlineData(5, 0, 0, true)]
    [InlineData(6, 0, 1, true)]
    [InlineData(7, 1, 1, true)]
    [InlineData(8, 1, 0, true)]
    public void Jpeg_is_turned_as_exif_says(byte orientation, int bottom, int right, bool turned)
    {
        // 48 × 32 stored: red in the first 16 rows and columns, green along the rest of the first rows, else blue.
        var path = _files.Jpeg("a.jpg", 48, 32, (row, column) => row >= 16 ? SKColors.Blue : column < 16 ? SKColors.Red : SKColors.Lime, orientation);
        var image = ImageDecoder.Decode(path);

        Assert.Equal(turned ? (32, 48) : (48, 32), (image.Width, image.Height));
        var (row, column) = (bottom == 0 ? 4 : image.Height - 5, right == 0 ? 4 : image.Width - 5);
        Assert.Equal("red", Name(image[row, column]));
        // Stored row 0 goes on along the upright row, or along the column where the image was turned.
        Assert.Equal("green", turned ? Name(image[image.Height - 1 - row, column]) : Name(image[row, image.Width - 1 - column]));
        Assert.Equal("blue", turned ? Name(image[row, image.Width - 1 - column]) : Name(image[image.Height - 1 - row, column]));
    }

    [Fact]
    public void Missing_file_is_named()
        => Fails.With("NAVIT00", () => ImageDecoder.Decode(Path.Combine(_files.Folder, "none.png")), "none.png");

    [Theory]
    [InlineData("notes.png", "these are notes, not an image")]
    [InlineData("empty.jpg", "")]
    public void File_that_is_no_image_is_named(string name, string text)
    {
        var path = _files.Bytes(name, System.Text.Encoding.UTF8.GetBytes(text));

        Fails.With("NAVIT02", () => ImageDecoder.Decode(path), path, ".png, .jpg");
    }

    [Fact]
    public void Truncated_image_is_refused_rather_than_half_grey()
    {
        var bytes = File.ReadAllBytes(_files.Png("a.png", 64, 64, (row, column) => new SKColor((byte)(row * column), (byte)(row * 7), (byte)(column * 5))));
        var path = _files.Bytes("cut.png", bytes[..(bytes.Length / 2)]);

        Fails.With("NAVIT03", () => ImageDecoder.Decode(path), path);
    }

    [Fact]
    public void Image_that_claims_too_many_pixels_is_not_decoded()
    {
        var bomb = _files.PngHeader("bomb.png", 100_000, 100_000);
        var small = _files.Png("a.png", 10, 10, (_, _) => SKColors.Red);

        Fails.With("NAVIT04", () => ImageDecoder.Decode(bomb), bomb, "100000 × 100000", "10000000000", "40000000");
        Fails.With("NAVIT04", () => ImageDecoder.Decode(small, maxPixels: 99), "100 pixels", "99");
        Assert.Equal(10, ImageDecoder.Decode(small, maxPixels: 100).Width);
    }

    private static bool Close(float expected, float actual) => Math.Abs(expected - actual) < 1e-6f;

    private static string Name(ReadOnlySpan<float> rgb) => (rgb[0] > 0, rgb[1] > 0, rgb[2] > 0) switch
    {
        (true, false, false) => "red",
        (false, true, false) => "green",
        (false, false, true) => "blue",
        _ => $"{rgb[0]}, {rgb[1]}, {rgb[2]}",
    };
}
