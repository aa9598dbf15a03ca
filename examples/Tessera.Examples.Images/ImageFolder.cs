namespace Tessera.Examples.Images;

/// <summary>Turns what a user names, files and folders, into a list of files.</summary>
public static class ImageFolder
{
    /// <summary>What counts as an image inside a folder, whatever its case.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>
    /// The files in the order named; a folder stands for the images directly in it, sorted by name (ordinal). A file
    /// that is named itself is taken whatever its extension.
    /// </summary>
    /// <exception cref="Tessera.Runtime.TesseraRuntimeException">NAVIT00: no such file or folder. NAVIT01: a folder is not readable. NAVIT07: a folder without images.</exception>
    public static IReadOnlyList<string> Expand(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return [.. paths.SelectMany(ExpandOne)];
    }

    private static IReadOnlyList<string> ExpandOne(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw ImageErrors.Missing(path);
        var images = List(path).Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).ToArray();
        if (images.Length == 0)
            throw ImageErrors.EmptyFolder(path);
        Array.Sort(images, StringComparer.Ordinal);
        return images;
    }

    private static string[] List(string folder)
    {
        try
        {
            return Directory.GetFiles(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ImageErrors.Unreadable(folder, failure);
        }
    }
}
