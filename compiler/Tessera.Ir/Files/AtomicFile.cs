using System.Text;

namespace Tessera.Ir;

/// <summary>One file, replaced as a whole or not at all. For several see <see cref="FileTransaction"/>.</summary>
public static class AtomicFile
{
    /// <exception cref="TesseraException">TSR0431: the file cannot be written; what was there is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var transaction = new FileTransaction();
        transaction.Write(path, write);
        transaction.Commit();
    }

    /// <summary>UTF-8 without a byte order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
