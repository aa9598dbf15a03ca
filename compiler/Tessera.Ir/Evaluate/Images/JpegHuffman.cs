namespace Tessera.Ir.Evaluate.Images;

/// <summary>A table of codes: how many there are of each length, and what they stand for (T.81, annex C).</summary>
internal sealed class JpegHuffman
{
    private readonly byte[] _values;
    private readonly int[] _first = new int[17];
    private readonly int[] _offset = new int[17];
    private readonly int[] _count = new int[17];

    public JpegHuffman(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        _values = values.ToArray();
        int code = 0;
        int offset = 0;
        for (int length = 1; length <= 16; length++)
        {
            (_first[length], _offset[length], _count[length]) = (code, offset, counts[length - 1]);
            offset += counts[length - 1];
            code = (code + counts[length - 1]) << 1;
        }
    }

    public int Decode(JpegBits bits)
    {
        int code = 0;
        for (int length = 1; length <= 16; length++)
        {
            code = (code << 1) | bits.Next();
            int at = code - _first[length];
            if (at >= 0 && at < _count[length])
            {
                return _values[_offset[length] + at];
            }
        }

        throw new InvalidDataException("a code stands for nothing.");
    }
}
