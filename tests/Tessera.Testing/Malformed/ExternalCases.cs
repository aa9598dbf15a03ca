using System.Diagnostics;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>External data that lies elsewhere, is no file, or is not as long as it is said to be.</summary>
internal static class ExternalCases
{
    private const string Data = "data.bin";

    public static IEnumerable<MalformedCase> All =>
    [
        At("an absolute path", "TSR0824", "/etc/hostname"),
        At("a path of Windows", "TSR0824", "C:\\Windows\\win.ini"),
        At("a path that climbs out", "TSR0824", "../data.bin"),
        At("a path that climbs out from below", "TSR0824", "sub/../../data.bin"),
        At("a path that climbs out by backslashes", "TSR0824", "..\\data.bin"),
        At("a path that is the folder", "TSR0824", "."),
        At("an empty path", "TSR0824", ""),
        At("a path with NUL", "TSR0824", "data.bin\0.txt"),
        At("a path of a device", "TSR0824", "/dev/zero"),
        At("a path that is a folder", "TSR0430", "sub"),
        At("a path that is not there", "TSR0430", "none.bin"),
        At("a path of ten thousand letters", "TSR0430", new string('d', 10_000)),
        new("external data without a location", "TSR0825", Model(Node("Add", "x w", "y")).With(static m => m.Graph.Initializer.Add(External("w", [2, 3])))),
        Entries("an offset behind the end", "TSR0825", ("location", Data), ("offset", "1000")),
        Entries("an offset of 63 bits", "TSR0825", ("location", Data), ("offset", "9223372036854775807")),
        Entries("an offset of 65 bits", "TSR0825", ("location", Data), ("offset", "36893488147419103232")),
        Entries("a negative offset", "TSR0825", ("location", Data), ("offset", "-4")),
        Entries("an offset that is no number", "TSR0825", ("location", Data), ("offset", "0x10")),
        Entries("a length that its sizes contradict", "TSR0825", ("location", Data), ("length", "20")),
        Entries("a length of 63 bits", "TSR0825", ("location", Data), ("length", "9223372036854775807")),
        Entries("two locations", "TSR0825", ("location", Data), ("location", "other.bin")),
        Entries("entries that nobody knows", null, ("location", Data), ("checksum", "0")),
        new("external data of terabytes in a file of bytes", "TSR0825", folder => Write(folder, "w", [1L << 38], ("location", Data))),
        new("external data of a sparse file of petabytes, declared a thousand times", "TSR0830", static folder => Repeated(folder)),
        new("tensors whose external data overlap", "TSR0825", static folder => Two(folder, "0", "8")),
        new("tensors that share their external data", null, static folder => Two(folder, "4", "4")),
        Link("a link", static folder => File.CreateSymbolicLink(Path.Combine(folder, Data), Path.Combine(Path.GetTempPath(), "elsewhere.bin"))),
        Link("a link to a file beside it", static folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "real.bin"), new byte[24]);
            File.CreateSymbolicLink(Path.Combine(folder, Data), "real.bin");
        }),
        HardLinked,
        new("external data in a folder that is a link", "TSR0824", static folder =>
        {
            Directory.CreateDirectory(Path.Combine(folder, "real"));
            File.WriteAllBytes(Path.Combine(folder, "real", Data), new byte[24]);
            Directory.CreateSymbolicLink(Path.Combine(folder, "linked"), "real");
            Write(folder, "w", [2, 3], ("location", $"linked/{Data}"));
        }),
    ];

    // Only Linux tells how many names a file has; the shell makes one, since .NET does not.
    private static MalformedCase HardLinked => new("external data at a hard link", OperatingSystem.IsLinux() ? "TSR0824" : null, static folder =>
    {
        string outside = Path.Combine(folder, "real.bin");
        File.WriteAllBytes(outside, new byte[24]);
        if (OperatingSystem.IsLinux())
        {
            using Process link = Process.Start("ln", [outside, Path.Combine(folder, Data)]);
            link.WaitForExit();
        }
        else
        {
            File.Copy(outside, Path.Combine(folder, Data));
        }

        Save(folder, External("w", [2, 3], ("location", Data)));
    });

    private static MalformedCase At(string name, string? code, string location) => new($"external data at {name}", code, folder =>
    {
        Directory.CreateDirectory(Path.Combine(folder, "sub"));
        Write(folder, "w", [2, 3], ("location", location));
    });

    private static MalformedCase Entries(string name, string? code, params (string Key, string Value)[] entries) =>
        new($"external data with {name}", code, folder => Write(folder, "w", [2, 3], entries));

    private static MalformedCase Link(string name, Action<string> make) => new($"external data at {name}", "TSR0824", folder =>
    {
        make(folder);
        Save(folder, External("w", [2, 3], ("location", Data)));
    });

    private static void Write(string folder, string name, long[] dims, params (string Key, string Value)[] entries)
    {
        File.WriteAllBytes(Path.Combine(folder, Data), new byte[24]);
        Save(folder, External(name, dims, entries));
    }

    private static void Two(string folder, string first, string second)
    {
        File.WriteAllBytes(Path.Combine(folder, Data), new byte[64]);
        Save(folder, External("w", [2, 3], ("location", Data), ("offset", first)), External("v", [2, 3], ("location", Data), ("offset", second)));
    }

    private static void Repeated(string folder)
    {
        using (FileStream sparse = File.Create(Path.Combine(folder, Data)))
        {
            sparse.SetLength(1L << 33);
        }

        Save(folder, [.. Enumerable.Range(0, 1000).Select(static i => External($"w{i}", [1L << 31], ("location", Data)))]);
    }

    private static void Save(string folder, params TensorProto[] tensors)
    {
        ModelProto model = Model(Node("Mystery", string.Join(' ', tensors.Select(static t => t.Name)), "y"));
        model.Graph.Initializer.AddRange(tensors);
        new MalformedCase("", null, model).Write(folder);
    }
}
