using Tessera.Runtime;

namespace Tessera.Examples.Images;

/// <summary>Every error of reading images and cutting them into patches.</summary>
internal static class ImageErrors
{
    public static TesseraRuntimeException Missing(string path) => new("NAVIT00", $"'{path}'",
        "there is no such file or folder.", "Pass image files, or folders of them.");

    public static TesseraRuntimeException Unreadable(string path, Exception inner) => new("NAVIT01", $"'{path}'",
        $"cannot be read: {inner.Message}", "Check its permissions.", inner);

    public static TesseraRuntimeException NotAnImage(string path, string reason) => new("NAVIT02", $"'{path}'",
        $"is no image that can be decoded ({reason}).", $"Known formats: {string.Join(", ", ImageFolder.Extensions)}.");

    public static TesseraRuntimeException Truncated(string path, string reason) => new("NAVIT03", $"'{path}'",
        $"breaks off or is damaged ({reason}).", "Its header is fine, its pixels are not: copy it again.");

    public static TesseraRuntimeException TooManyPixels(string path, int width, int height, long limit) => new("NAVIT04", $"'{path}'",
        $"claims {width} × {height} = {(long)width * height} pixels, the limit is {limit}.", "It was not decoded.");

    public static TesseraRuntimeException SmallerThanPatch(string name, int width, int height, int patch) => new("NAVIT05", $"'{name}'",
        $"is {width} × {height} pixels, a patch is {patch} × {patch}.", "Both sides need at least one patch.");

    public static TesseraRuntimeException TooNarrow(string name, int width, int height, int maxTokens, int scaledWidth, int scaledHeight, int patch) => new("NAVIT06", $"'{name}'",
        $"is {width} × {height} pixels; at {maxTokens} tokens it would be {scaledWidth} × {scaledHeight}, thinner than a patch of {patch}.", "Raise the token limit or crop the image.");

    public static TesseraRuntimeException EmptyFolder(string path) => new("NAVIT07", $"folder '{path}'",
        "holds no image.", $"Looked for {string.Join(", ", ImageFolder.Extensions)}; folders inside it are not searched.");
}
