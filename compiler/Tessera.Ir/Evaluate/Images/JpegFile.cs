using System.Buffers.Binary;

namespace Tessera.Ir.Evaluate.Images;

/// <summary>
/// JPEG (ITU-T T.81), baseline: 8 bits a sample, Huffman codes, one scan, gray or YCbCr. Numbers are rounded as the IJG's library
/// does by default, so that pixels are the same.
/// </summary>
internal sealed class JpegFile(byte[] file)
{
    private readonly int[][] _quantisation = new int[4][];
    private readonly JpegHuffman?[] _codes = new JpegHuffman?[8];
    private JpegComponent[] _components = [];
    private (int Width, int Height) _size;
    private int _restart;

    public PixelImage Read()
    {
        for (int at = 2; ;)
        {
            if (file[at] != 0xFF)
            {
                throw new InvalidDataException("a marker is missing.");
            }

            int marker = file[at + 1];
            int length = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
            ReadOnlySpan<byte> data = file.AsSpan(at + 4, length - 2);
            switch (marker)
            {
                case 0xDB:
                    ReadQuantisation(data);
                    break;
                case 0xC4:
                    ReadCodes(data);
                    break;
                case 0xC0 or 0xC1:
                    ReadFrame(data);
                    break;
                case 0xDD:
                    _restart = BinaryPrimitives.ReadUInt16BigEndian(data);
                    break;
                case 0xDA:
                    ReadScan(data, at + 2 + length);
                    return JpegColours.Join(_size.Width, _size.Height, _components);
                case >= 0xC2 and <= 0xCF:
                    throw new InvalidDataException($"JPEG of kind SOF{marker - 0xC0} is not read.");
            }

            at += 2 + length;
        }
    }

    private void ReadQuantisation(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int size = (data[0] >> 4) + 1;
            int[] table = new int[64];
            for (int k = 0; k < 64; k++)
            {
                table[JpegTransform.Natural[k]] = size == 1 ? data[1 + k] : BinaryPrimitives.ReadUInt16BigEndian(data[(1 + (2 * k))..]);
            }

            _quantisation[data[0] & 3] = table;
            data = data[(1 + (64 * size))..];
        }
    }

    private void ReadCodes(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int count = 0;
            foreach (byte n in data.Slice(1, 16))
            {
                count += n;
            }

            _codes[((data[0] >> 4 & 1) * 4) + (data[0] & 3)] = new JpegHuffman(data.Slice(1, 16), data.Slice(17, count));
            data = data[(17 + count)..];
        }
    }

    private void ReadFrame(ReadOnlySpan<byte> data)
    {
        int count = data[5];
        if (data[0] != 8 || count is not (1 or 3))
        {
            throw new InvalidDataException($"JPEG with {data[0]} bits a sample and {count} components is not read.");
        }

        _size = (BinaryPrimitives.ReadUInt16BigEndian(data[3..]), BinaryPrimitives.ReadUInt16BigEndian(data[1..]));
        PixelImage.Blank(_size.Width, _size.Height, count);
        JpegComponent[] components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> own = data.Slice(6 + (3 * i), 3);
            components[i] = new JpegComponent(own[0], own[1] >> 4, own[1] & 15, own[2] & 3);
        }

        int across = components.Max(static c => c.Horizontal);
        int down = components.Max(static c => c.Vertical);
        foreach (JpegComponent component in components)
        {
            component.Lay(_size.Width, _size.Height, count == 1 ? component.Horizontal : across, count == 1 ? component.Vertical : down);
        }

        _components = components;
    }

    private void ReadScan(ReadOnlySpan<byte> data, int from)
    {
        if (data[0] != _components.Length || _components.Length == 0)
        {
            throw new InvalidDataException("JPEG in several scans is not read.");
        }

        for (int i = 0; i < data[0]; i++)
        {
            int id = data[1 + (2 * i)];
            JpegComponent component = _components.FirstOrDefault(c => c.Id == id) ?? throw new InvalidDataException($"there is no component {id}.");
            int tables = data[2 + (2 * i)];
            component.Use(_quantisation[component.Table], _codes[tables >> 4 & 3], _codes[4 + (tables & 3)]);
        }

        JpegBits bits = new(file, from);
        int units = _components[0].UnitsAcross * _components[0].UnitsDown;
        for (int unit = 0; unit < units; unit++)
        {
            if (_restart > 0 && unit > 0 && unit % _restart == 0)
            {
                bits.Restart();
                Array.ForEach(_components, static c => c.Previous = 0);
            }

            foreach (JpegComponent component in _components)
            {
                component.ReadUnit(bits, unit);
            }
        }
    }
}
