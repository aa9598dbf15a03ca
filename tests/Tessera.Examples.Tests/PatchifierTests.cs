using Tessera.Examples.Images;
using Xunit;

namespace Tessera.Examples.Tests;

public sealed class PatchifierTests
{
    [Fact]
    public void Patches_are_row_major_with_channels_last()
    {
        var patched = new Patchifier(2).Cut(Numbered(4, 6));

        Assert.Equal((2, 3, 6), (patched.Rows, patched.Columns, patched.Tokens));
        Assert.Equal(6 * 12, patched.Patches.Length);
        // Patch 4 is at row 1, column 1: pixels (2, 2), (2, 3), (3, 2), (3, 3).
        Assert.Equal(
            [2.02f, 2.025f, 2.03f, 2.03f, 2.035f, 2.04f, 3.02f, 3.025f, 3.03f, 3.03f, 3.035f, 3.04f],
            patched.Patches[48..60],
            (a, b) => Math.Abs(a - b) < 1e-5f);
    }

    [Fact]
    public void Grid_coordinates_follow_the_patches()
    {
        var patched = new Patchifier(2).Cut(Numbered(4, 6));

        Assert.Equal([0, 0, 0, 1, 1, 1], patched.RowIndices);
        Assert.Equal([0, 1, 2, 0, 1, 2], patched.ColumnIndices);
        Assert.Equal("numbered (6 × 4): 2 × 3 patches", patched.ToString());
    }

    [Fact]
    public void Sides_are_cropped_at_the_centre()
    {
        // 7 × 9 with patches of 4: one row (3 left over: 1 above, 2 below), two columns (1 left over: at the right).
        var patched = new Patchifier(4).Cut(Numbered(7, 9));

        Assert.Equal((1, 2), (patched.Rows, patched.Columns));
        Assert.Equal(1.00f, patched.Patches[0], 1e-5f);
        Assert.Equal(4.07f, patched.Patches[^3], 1e-5f);
        Assert.Equal((9, 7), (patched.Width, patched.Height));
    }

    [Theory]
    [InlineData(15, 40)]
    [InlineData(40, 15)]
    public void Image_smaller_than_a_patch_is_refused(int height, int width)
        => Fails.With("NAVIT05", () => new Patchifier(16).Cut(Numbered(height, width)), "'numbered'", $"{width} × {height}", "16 × 16");

    [Fact]
    public void Image_of_exactly_one_patch_is_one_token()
        => Assert.Equal(1, new Patchifier(16).Cut(Numbered(16, 16)).Tokens);

    [Fact]
    public void Image_within_the_limit_is_not_touched()
    {
        var image = Numbered(32, 48);

        Assert.Equal(new Patchifier(8).Cut(image).Patches, new Patchifier(8, maxTokens: 24).Cut(image).Patches);
    }

    [Fact]
    public void Image_over_the_limit_is_scaled_with_its_aspect_ratio()
    {
        var patched = new Patchifier(8, maxTokens: 50).Cut(Numbered(160, 320));

        Assert.Equal((5, 10), (patched.Rows, patched.Columns));
        Assert.Equal((320, 160), (patched.Width, patched.Height));
    }

    [Fact]
    public void Any_size_keeps_within_the_limit_and_near_its_shape()
    {
        var random = new Random(11);
        for (var round = 0; round < 100; round++)
        {
            var (height, width, limit) = (random.Next(8, 200), random.Next(8, 200), random.Next(4, 60));
            var scale = Math.Min(1, Math.Sqrt(limit * 64.0 / (height * width)));
            if (scale * Math.Min(height, width) < 8)
            {
                Fails.With("NAVIT06", () => new Patchifier(8, limit).Cut(Numbered(height, width)));
                continue;
            }
            var patched = new Patchifier(8, limit).Cut(Numbered(height, width));

            Assert.InRange(patched.Tokens, 1, limit);
            // Whole patches lost to rounding are at most one a side.
            Assert.InRange(patched.Rows, Math.Floor(scale * height / 8) - 1, height / 8.0);
            Assert.InRange(patched.Columns, Math.Floor(scale * width / 8) - 1, width / 8.0);
        }
    }

    [Fact]
    public void Strip_that_would_be_thinner_than_a_patch_is_refused()
        => Fails.With("NAVIT06", () => new Patchifier(8, maxTokens: 4).Cut(Numbered(8, 400)), "'numbered'", "400 × 8", "4 tokens", "patch of 8");

    [Fact]
    public void Scaling_keeps_flat_colours_and_averages_detail()
    {
        var flat = new RgbImage("flat", 64, 64, Enumerable.Repeat(0.25f, 3 * 64 * 64).ToArray());
        var stripes = new RgbImage("stripes", 64, 64, [.. Enumerable.Range(0, 3 * 64 * 64).Select(i => i / 3 % 2 == 0 ? 1f : -1f)]);

        Assert.All(new Patchifier(8, maxTokens: 4).Cut(flat).Patches, value => Assert.Equal(0.25f, value, 1e-5f));
        Assert.All(new Patchifier(8, maxTokens: 4).Cut(stripes).Patches, value => Assert.InRange(value, -0.1f, 0.1f));
    }

    [Fact]
    public void Scaling_keeps_a_ramp_straight_and_in_place()
    {
        // Value x at pixel centre x: halved, pixel i covers 2i and 2i + 1, whose mean is 2i + 0.5.
        var ramp = new RgbImage("ramp", 32, 32, [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => (float)(i / 3 % 32))]);
        var patched = new Patchifier(16, maxTokens: 1).Cut(ramp);

        for (var x = 1; x < 15; x++)
            Assert.Equal(2 * x + 0.5f, patched.Patches[3 * x], 1e-4f);
    }

    [Fact]
    public void Drawn_images_are_the_same_for_the_same_seed_and_differ_in_shape()
    {
        var images = ImageGenerator.Draw(24, seed: 5);
        var again = ImageGenerator.Draw(24, seed: 5);

        Assert.Equal(images.Select(image => image.Pixels), again.Select(image => image.Pixels));
        Assert.NotEqual(images[0].Pixels, ImageGenerator.Draw(1, seed: 6)[0].Pixels);
        Assert.True(images.Select(image => (image.Width, image.Height)).Distinct().Count() > 20);
        Assert.Contains(images, image => image.Width > 1.2 * image.Height);
        Assert.Contains(images, image => image.Height > 1.2 * image.Width);
        Assert.All(images, image => Assert.True(image.Pixels.Distinct().Count() > 20, image.ToString()));
        Assert.All(images, image => Assert.InRange(image.Pixels.Max(Math.Abs), 0, 1));
    }

    /// <summary>Pixel (row, column) is row + column / 100, and 0.005 more from channel to channel.</summary>
    private static RgbImage Numbered(int height, int width)
        => new("numbered", width, height, [.. Enumerable.Range(0, 3 * height * width).Select(i => i / 3 / width + i / 3 % width * 0.01f + i % 3 * 0.005f)]);
}
