using Xunit;

namespace Tessera.Ir.Tests.Files;

public sealed class FileTransactionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Device_is_refused_since_a_file_would_replace_it()
    {
        string device = OperatingSystem.IsWindows() ? @"\\.\no-such-device" : "/dev/no-such-device";
        var error = Assert.Throws<TesseraException>(() => AtomicFile.WriteText(device, "text"));
        Assert.Equal("TSR0431", error.Code);
        Assert.Contains("it is a device", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(device));
    }

    [Fact]
    public void One_file_is_replaced_as_a_whole()
    {
        AtomicFile.WriteText(At("a"), "old");
        AtomicFile.WriteText(At("a"), "né");
        Assert.Equal([0x6E, 0xC3, 0xA9], File.ReadAllBytes(At("a")));
        Assert.Equal(["a"], Names());
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_beside_it()
    {
        AtomicFile.WriteText(At("a"), "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(At("a"), static stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException();
        }));
        var disk = Assert.Throws<TesseraException>(() => AtomicFile.Write(At("a"), static _ => throw new IOException("disk full")));
        Assert.Equal("TSR0431", disk.Code);
        Assert.Contains("disk full", disk.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(At("a")));
        Assert.Equal(["a"], Names());
    }

    [Fact]
    public void Several_files_appear_together()
    {
        AtomicFile.WriteText(At("data"), "old data");
        using (var transaction = new FileTransaction())
        {
            transaction.Write(At("data"), static s => s.WriteByte((byte)'d'));
            transaction.Write(At("model"), static s => s.WriteByte((byte)'m'));
            Assert.Equal("old data", File.ReadAllText(At("data")));
            Assert.False(File.Exists(At("model")));
            transaction.Commit();
        }

        Assert.Equal(["data", "model"], Names());
        Assert.Equal(("d", "m"), (File.ReadAllText(At("data")), File.ReadAllText(At("model"))));
    }

    [Fact]
    public void A_rename_that_fails_undoes_those_before_it()
    {
        AtomicFile.WriteText(At("data"), "old data");
        using (var transaction = new FileTransaction())
        {
            transaction.Write(At("fresh"), static s => s.WriteByte((byte)'f'));
            transaction.Write(At("data"), static s => s.WriteByte((byte)'d'));
            transaction.Write(At("model"), static s => s.WriteByte((byte)'m'));

            // A folder that takes the place meanwhile cannot be replaced by a file.
            Directory.CreateDirectory(At("model"));
            Assert.Equal("TSR0431", Assert.Throws<TesseraException>(transaction.Commit).Code);
        }

        Assert.Equal("old data", File.ReadAllText(At("data")));
        Assert.Equal(["data", "model"], Names());
    }

    [Fact]
    public void Dropping_a_transaction_changes_nothing()
    {
        using (var transaction = new FileTransaction()) transaction.Write(At("a"), static s => s.WriteByte(1));
        Assert.Empty(Names());
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        foreach (var path in new[] { At("none/a"), _folder.FullName })
        {
            var error = Assert.Throws<TesseraException>(() => AtomicFile.WriteText(path, "x"));
            Assert.Equal(("TSR0431", path), (error.Code, error.Place));
        }

        Assert.Empty(Names());
    }

    [SkippableFact]
    public void A_link_keeps_pointing_at_its_file()
    {
        Skip.If(OperatingSystem.IsWindows(), "making links needs a privilege on Windows");
        AtomicFile.WriteText(At("file"), "old");
        File.CreateSymbolicLink(At("link"), At("file"));
        AtomicFile.WriteText(At("link"), "new");
        Assert.Equal("new", File.ReadAllText(At("file")));
        Assert.NotNull(new FileInfo(At("link")).LinkTarget);
    }

    [Fact]
    public void A_mapped_file_is_read_at_any_place()
    {
        File.WriteAllBytes(At("f"), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
        using var file = MappedFile.Open(At("f"));
        var weight = file.Weight(DType.U16, [2, 2], 1);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], weight.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Weight(DType.U16, [2, 2], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(8, new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(-1, new byte[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => weight.Read(7, new byte[2]));
    }

    [Fact]
    public void An_empty_file_can_be_mapped()
    {
        File.WriteAllBytes(At("f"), []);
        using var file = MappedFile.Open(At("f"));
        Assert.Equal(0, file.Length);
        Assert.Empty(file.Weight(DType.F32, [0], 0).ToArray());
        file.Read(0, []);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named() =>
        Assert.Equal(("TSR0430", At("none")), Assert.Throws<TesseraException>(() => MappedFile.Open(At("none"))) is var e ? (e.Code, e.Place) : default);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private IEnumerable<string> Names() => _folder.EnumerateFileSystemInfos().Select(static f => f.Name).Order(StringComparer.Ordinal);
}
