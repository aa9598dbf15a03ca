namespace Tessera.Ir.Evaluate.Images;

/// <summary>The bits of a scan; behind its end there are zeros.</summary>
internal sealed class JpegBits(byte[] file, int at)
{
    private int _at = at;
    private int _buffer;
    private int _count;

    public int Next()
    {
        if (_count == 0)
        {
            _buffer = NextByte();
            _count = 8;
        }

        return (_buffer >> --_count) & 1;
    }

    /// <summary>A number of some bits whose first bit is 0 where it is negative.</summary>
    public int Signed(int bits)
    {
        int value = 0;
        for (int i = 0; i < bits; i++)
        {
            value = (value << 1) | Next();
        }

        return bits > 0 && value < 1 << (bits - 1) ? value - (1 << bits) + 1 : value;
    }

    /// <summary>Goes on behind the next restart marker.</summary>
    public void Restart()
    {
        _count = 0;
        while (_at + 1 < file.Length && !(file[_at] == 0xFF && file[_at + 1] is >= 0xD0 and <= 0xD7))
        {
            _at++;
        }

        _at += 2;
    }

    private int NextByte()
    {
        if (_at >= file.Length)
        {
            return 0;
        }

        if (file[_at] != 0xFF)
        {
            return file[_at++];
        }

        bool stuffed = _at + 1 < file.Length && file[_at + 1] == 0;
        _at += stuffed ? 2 : 0;
        return stuffed ? 0xFF : 0;
    }
}
