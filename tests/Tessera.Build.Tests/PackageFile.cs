using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace Tessera.Build.Tests;

/// <summary>What a package says and carries.</summary>
internal sealed class PackageFile(string path)
{
    private static readonly string[] s_container = ["_rels/", "package/", "[Content_Types].xml"];

    /// <summary>What it carries, by its place in it.</summary>
    public string[] Files
    {
        get
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            return [.. Names(zip).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Its description, dependencies and files as text, in which its own version is a word.</summary>
    public string Describe(string version)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        XElement metadata = Read(zip, zip.Entries.Single(static e => e.Name.EndsWith(".nuspec", StringComparison.Ordinal)));
        StringBuilder text = new();
        foreach (string element in new[] { "id", "version", "license", "icon", "readme", "description", "packageTypes" })
        {
            text.Append(Of(metadata, element) is { } value ? $"{element}: {(element == "packageTypes" ? value.Elements().Single().Attribute("name")!.Value : value.Value)}\n" : "");
        }

        foreach (XElement dependency in metadata.Descendants().Where(static e => e.Name.LocalName == "dependency"))
        {
            text.Append($"depends on {dependency.Attribute("id")!.Value} {dependency.Attribute("version")!.Value}{Assets(dependency, "include")}{Assets(dependency, "exclude")}\n");
        }

        foreach (string name in Files)
        {
            text.Append(name).Append('\n');
        }

        return text.Replace(version, "VERSION").ToString();
    }

    /// <summary>Files that hold a text, in bytes or in words of two, and symbols that name a source by another path than its place in the repository.</summary>
    public IEnumerable<string> Places(string root)
    {
        byte[][] forms = [Encoding.UTF8.GetBytes(root), Encoding.Unicode.GetBytes(root)];
        using ZipArchive zip = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            byte[] bytes = Bytes(entry);
            if (forms.Any(f => bytes.AsSpan().IndexOf(f) >= 0))
            {
                yield return entry.FullName;
            }

            foreach (string source in entry.Name.StartsWith("Tessera.", StringComparison.OrdinalIgnoreCase) ? Sources(entry.Name, bytes) : [])
            {
                if (!source.StartsWith("/_", StringComparison.Ordinal))
                {
                    yield return $"{entry.FullName}: {source}";
                }
            }
        }
    }

    /// <summary>Whether an assembly of the package holds code for a machine.</summary>
    public bool IsAhead(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        using PEReader reader = new([.. Bytes(zip.GetEntry(name)!)]);
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static IEnumerable<string> Names(ZipArchive zip) =>
        zip.Entries.Select(static e => e.FullName).Where(static n => !s_container.Any(c => n.StartsWith(c, StringComparison.Ordinal)));

    private static IEnumerable<string> Sources(string name, byte[] bytes)
    {
        if (name.EndsWith(".pdb", StringComparison.Ordinal))
        {
            using MetadataReaderProvider symbols = MetadataReaderProvider.FromPortablePdbImage([.. bytes]);
            return Sources(symbols.GetMetadataReader());
        }

        if (name.EndsWith(".dll", StringComparison.Ordinal))
        {
            using PEReader reader = new([.. bytes]);
            DebugDirectoryEntry embedded = reader.ReadDebugDirectory().FirstOrDefault(static d => d.Type == DebugDirectoryEntryType.EmbeddedPortablePdb);
            if (embedded.DataSize > 0)
            {
                using MetadataReaderProvider symbols = reader.ReadEmbeddedPortablePdbDebugDirectoryData(embedded);
                return Sources(symbols.GetMetadataReader());
            }
        }

        return [];
    }

    private static string[] Sources(MetadataReader reader) => [.. reader.Documents.Select(d => reader.GetString(reader.GetDocument(d).Name))];

    private static string Assets(XElement dependency, string which) => dependency.Attribute(which) is { } assets ? $" {which} {assets.Value}" : "";

    private static XElement? Of(XElement metadata, string name) => metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name);

    private static XElement Read(ZipArchive zip, ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        return XDocument.Load(stream).Root!.Elements().Single(static e => e.Name.LocalName == "metadata");
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        byte[] bytes = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
