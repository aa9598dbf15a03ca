using Tessera.Runtime;

namespace Navit;

/// <summary>Names of the classes of a classifier, one a line of a text file.</summary>
internal static class ClassNames
{
    /// <param name="path">The file; null for none.</param>
    /// <param name="classes">How many the model tells apart; 0 for an embedding.</param>
    /// <exception cref="TesseraRuntimeException">NAVIT10: the file cannot be read. NAVIT11: there are no classes to name. NAVIT12: too many or too few names.</exception>
    public static string[]? Read(string? path, int classes)
    {
        if (path is null)
            return null;
        string[] names = Lines(path);
        if (classes == 0)
            throw new TesseraRuntimeException("NAVIT11", $"'{path}'", "names classes, but the model has no classifier.", "Give --weights with a head.weight of [classes, dim], or leave --labels out.");
        return names.Length == classes
            ? names
            : throw new TesseraRuntimeException("NAVIT12", $"'{path}'", $"has {names.Length} lines, the classifier {classes} classes.", "Write one name a line, in the order of the classes.");
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new TesseraRuntimeException("NAVIT10", $"'{path}'", $"the names of classes cannot be read: {failure.Message}", "Check the path given by --labels.", failure);
        }
    }
}
