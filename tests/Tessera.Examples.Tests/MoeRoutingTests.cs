using MoeRouting;
using SkiaSharp;
using Tessera.Examples.Images;
using Xunit;

namespace Tessera.Examples.Tests;

/// <summary>The example of experts: its counts are right, packed is each alone, and its picture is drawn.</summary>
public sealed class MoeRoutingTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Counts_are_those_of_the_literature() => Assert.True(RoutingJob.Count());

    [Fact]
    public void Texts_packed_are_routed_as_each_alone() => Assert.True(RoutingJob.Read([5, 1, 9]));

    [Fact]
    public void Images_packed_are_routed_as_each_alone_and_drawn()
    {
        PatchedImage[] images = [Image(64, 48), Image(32, 80)];
        Assert.True(RoutingJob.See(images, 4, 2, 1, _files.Folder));
        using SKBitmap picture = SKBitmap.Decode(Path.Combine(_files.Folder, "v-moe-4.png"));

        // The images and their one block with experts side by side, 8 pixels between, one image below the other.
        Assert.Equal((64 + 8 + 64, 48 + 8 + 80), (picture.Width, picture.Height));
        Assert.Equal(SKColors.White, picture.GetPixel(68, 4));
        Assert.NotEqual(picture.GetPixel(4, 4), picture.GetPixel(72 + 4, 4));
    }

    [Fact]
    public void An_image_of_more_places_than_the_model_knows_is_refused() =>
        Fails.With("MOE01", () => RoutingJob.See([Image(16 * 25, 16)], 4, 2, 0, _files.Folder), "1 × 25", "24 × 24");

    private PatchedImage Image(int width, int height) => new Patchifier(16).Cut(ImageDecoder.Decode(
        _files.Png($"{width}-{height}.png", width, height, static (row, column) => new SKColor((byte)(row * 5), (byte)(column * 3), 90))));
}
