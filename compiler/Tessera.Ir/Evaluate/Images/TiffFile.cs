using System.Buffers.Binary;

namespace Tessera.Ir.Evaluate.Images;

/// <summary>TIFF 6.0: the first image, in strips of 8 bits a sample that are not compressed, gray or red, green and blue.</summary>
internal sealed class TiffFile(byte[] file)
{
    private const int Width = 256;
    private const int Height = 257;
    private const int Compression = 259;
    private const int Photometric = 262;
    private const int StripOffsets = 273;
    private const int SamplesPerPixel = 277;
    private const int StripByteCounts = 279;
    private const int PlanarConfiguration = 284;

    private readonly bool _little = file[0] == 'I';

    public PixelImage Read()
    {
        Dictionary<int, long[]> fields = Fields((int)U32(4));
        long One(int tag, long absent) => fields.TryGetValue(tag, out long[]? values) && values.Length > 0 ? values[0] : absent;
        (long compression, long kind, long samples) = (One(Compression, 1), One(Photometric, 1), One(SamplesPerPixel, 1));
        if (compression != 1 || (kind, samples) is not ((1, 1) or (2, 3)) || One(PlanarConfiguration, 1) != 1)
        {
            throw new InvalidDataException($"TIFF with compression {compression}, photometric interpretation {kind} and {samples} samples a pixel is not read.");
        }

        PixelImage image = PixelImage.Blank(One(Width, 0), One(Height, 0), (int)samples);
        int to = 0;
        foreach ((long offset, long count) in fields[StripOffsets].Zip(fields[StripByteCounts]))
        {
            file.AsSpan((int)offset, (int)Math.Min(count, image.Data.Length - to)).CopyTo(image.Data.AsSpan(to));
            to += (int)count;
        }

        return image;
    }

    private Dictionary<int, long[]> Fields(int directory)
    {
        Dictionary<int, long[]> fields = [];
        int count = U16(directory);
        for (int i = 0; i < count; i++)
        {
            int at = directory + 2 + (12 * i);
            (int type, long length) = (U16(at + 2), U32(at + 4));
            int size = type switch { 3 => 2, 4 => 4, _ => 1 };
            if (type is 3 or 4 && length <= file.Length)
            {
                int from = length * size <= 4 ? at + 8 : (int)U32(at + 8);
                fields[U16(at)] = [.. Enumerable.Range(0, (int)length).Select(k => type == 3 ? U16(from + (2 * k)) : U32(from + (4 * k)))];
            }
        }

        return fields;
    }

    private int U16(int at) => _little ? BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at));

    private long U32(int at) => _little ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)) : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
}
