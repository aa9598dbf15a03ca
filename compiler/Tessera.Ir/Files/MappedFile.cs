using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera.Ir;

/// <summary>A file mapped into memory for reading, from which weights are cut without being loaded.</summary>
/// <remarks>Weights keep the mapping alive. The file must not be shortened in place while it is in use; replacing it by renaming is safe.</remarks>
public sealed class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;

    private MappedFile(string path, long length, MemoryMappedFile? file)
    {
        (Path, Length, _file) = (path, length, file);
        _view = file?.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
    }

    public string Path { get; }

    /// <summary>Size of the file in bytes when it was opened.</summary>
    public long Length { get; }

    /// <exception cref="TesseraException">TSR0430: the file cannot be opened.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            // What has no length (a pipe, a device) is never opened: that could wait for ever.
            if (new FileInfo(path).Length == 0) return new MappedFile(path, 0, null);
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var length = stream.Length;
            if (length > 0)
                return new MappedFile(path, length, MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false));

            // Nothing can be mapped of an empty file, and nothing needs to be.
            stream.Dispose();
            return new MappedFile(path, 0, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TesseraException("TSR0430", path, $"the file cannot be read: {error.Message}", inner: error);
        }
    }

    /// <summary>Copies the bytes from <paramref name="offset"/> on.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - destination.Length);
        if (destination.Length > 0) _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)(_view.PointerOffset + offset), destination);
    }

    /// <summary>All bytes where they are mapped, for files of at most 2 GB. Once the file is disposed they can no longer be read.</summary>
    public ReadOnlyMemory<byte> AsMemory() => Length == 0 ? default : new Pages(this).Memory;

    /// <summary>The weight whose bytes start at <paramref name="offset"/>; the caller has checked that they lie inside the file.</summary>
    public WeightSource Weight(DType dtype, IReadOnlyList<long> dims, long offset) => new Range(this, dtype, dims, offset);

    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }

    private sealed class Pages(MappedFile file) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(checked((int)file.Length));

        public override Span<byte> GetSpan()
        {
            MemoryMappedViewAccessor view = file._view!;
            ObjectDisposedException.ThrowIf(view.SafeMemoryMappedViewHandle.IsClosed, file);
            nint start = view.SafeMemoryMappedViewHandle.DangerousGetHandle() + checked((nint)view.PointerOffset);
            return MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), start), (int)file.Length);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException("Mapped pages are handed out as spans alone.");

        public override void Unpin()
        {
            // Nothing is ever pinned.
        }

        protected override void Dispose(bool disposing)
        {
            // The mapping belongs to the file.
        }
    }

    private sealed class Range : WeightSource
    {
        private readonly MappedFile _file;
        private readonly long[] _dims;
        private readonly long _offset;

        public Range(MappedFile file, DType dtype, IReadOnlyList<long> dims, long offset)
        {
            _dims = WeightDims.Checked(dtype, dims);
            (DType, _file, _offset) = (dtype, file, offset);
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, file.Length - ByteLength);
        }

        public override DType DType { get; }

        public override IReadOnlyList<long> Dims => _dims;

        public override void Read(long offset, Span<byte> destination)
        {
            CheckRange(offset, destination);
            _file.Read(_offset + offset, destination);
        }
    }
}
