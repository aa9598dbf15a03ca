using System.Security.Cryptography;
using Tessera.Ir;

namespace Tessera.Onnx;

/// <summary>
/// The file beside a model that holds its weights. Two files cannot be replaced at once, so this one is named by its
/// content: until the model is replaced the old model finds its own data, and afterwards the old data is deleted.
/// </summary>
internal static class DataFile
{
    private const int HashDigits = 16;
    private const string Extension = ".data";

    /// <summary>Writes it as a part of the transaction and points the weights at it; returns its bare name.</summary>
    public static string Write(
        FileTransaction transaction, string model, IReadOnlyList<PendingWeight> weights, SaveOptions options, CancellationToken cancellation)
    {
        var name = options.DataFileName ?? Path.GetFileName(model) + Extension;
        ExternalLocation.CheckBare(name, model);
        using var sha = SHA256.Create();
        transaction.Write(Path.Combine(Folder(model), name), stream =>
        {
            using var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true);
            ExternalDataWriter.Write(hashed, name, weights, cancellation);
        });
        if (options.DataFileName is not null) return name;
        name = $"{Path.GetFileName(model)}.{Convert.ToHexStringLower(sha.Hash!)[..HashDigits]}{Extension}";
        transaction.Rename(name);
        ExternalDataWriter.Rename(weights, name);
        return name;
    }

    /// <summary>Deletes the files of earlier saves of this model, told by their names; <paramref name="kept"/> is the new one.</summary>
    public static void DeleteSuperseded(string model, string? kept)
    {
        foreach (var file in Directory.EnumerateFiles(Folder(model)).Where(f => Path.GetFileName(f) != kept && IsDataOf(model, f)))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A session still reads it: the new model is complete without this, and the next save deletes it.
                continue;
            }
        }
    }

    private static bool IsDataOf(string model, string file)
    {
        var (name, start) = (Path.GetFileName(file), Path.GetFileName(model) + ".");
        return name.Length == start.Length + HashDigits + Extension.Length
            && name.StartsWith(start, StringComparison.Ordinal) && name.EndsWith(Extension, StringComparison.Ordinal)
            && name[start.Length..^Extension.Length].All(char.IsAsciiHexDigitLower);
    }

    private static string Folder(string model) => Path.GetDirectoryName(Path.GetFullPath(model))!;
}
