using SkiaSharp;
using Tessera.Examples.Images;
using Xunit;

namespace Tessera.Examples.Tests;

public sealed class ImageFolderTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Folder_stands_for_its_images_in_ordinal_order()
    {
        foreach (var name in (string[])["b.png", "a.JPG", "B.jpeg", "c.webp", "notes.txt", "png"])
            _files.Bytes(name, [1]);
        Directory.CreateDirectory(Path.Combine(_files.Folder, "folder.png"));

        Assert.Equal(["B.jpeg", "a.JPG", "b.png", "c.webp"], ImageFolder.Expand([_files.Folder]).Select(Path.GetFileName));
    }

    [Fact]
    public void Named_files_keep_their_order_and_any_extension()
    {
        var second = _files.Png("b.png", 1, 1, (_, _) => SKColors.Red);
        var first = _files.Bytes("z.dat", [1]);

        Assert.Equal([first, second, first, second], ImageFolder.Expand([first, second, first, _files.Folder]));
    }

    [Fact]
    public void Missing_path_is_named()
        => Fails.With("NAVIT00", () => ImageFolder.Expand([_files.Folder + "-none"]), _files.Folder + "-none");

    [Fact]
    public void Folder_without_images_is_named()
    {
        _files.Bytes("notes.txt", [1]);

        Fails.With("NAVIT07", () => ImageFolder.Expand([_files.Folder]), _files.Folder, ".jpeg");
    }
}
