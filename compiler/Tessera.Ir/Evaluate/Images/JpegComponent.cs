namespace Tessera.Ir.Evaluate.Images;

/// <summary>One component of a JPEG: its sampling, its tables and its samples.</summary>
internal sealed class JpegComponent(int id, int horizontal, int vertical, int table)
{
    private int[] _quantisation = [];
    private JpegHuffman? _dc;
    private JpegHuffman? _ac;

    public int Id => id;

    public int Horizontal => horizontal;

    public int Vertical => vertical;

    public int Table => table;

    /// <summary>Samples in a row that belong to the image.</summary>
    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>Samples in a row with those that fill the last block.</summary>
    public int Stride { get; private set; }

    public int UnitsAcross { get; private set; }

    public int UnitsDown { get; private set; }

    public byte[] Samples { get; private set; } = [];

    /// <summary>How many times an axis of the image is that of the component.</summary>
    public (int Across, int Down) Scale { get; private set; }

    /// <summary>The constant coefficient of the block before.</summary>
    public int Previous { get; set; }

    public void Lay(int width, int height, int mostAcross, int mostDown)
    {
        if (horizontal is < 1 or > 4 || vertical is < 1 or > 4 || mostAcross % horizontal != 0 || mostDown % vertical != 0)
        {
            throw new InvalidDataException($"sampling {horizontal} by {vertical} of {mostAcross} by {mostDown} is not read.");
        }

        Scale = (mostAcross / horizontal, mostDown / vertical);
        UnitsAcross = ((width - 1) / (8 * mostAcross)) + 1;
        UnitsDown = ((height - 1) / (8 * mostDown)) + 1;
        (Width, Height) = (((width - 1) / Scale.Across) + 1, ((height - 1) / Scale.Down) + 1);
        Stride = UnitsAcross * horizontal * 8;
        Samples = new byte[Stride * UnitsDown * vertical * 8];
    }

    public void Use(int[]? quantisation, JpegHuffman? dc, JpegHuffman? ac) => (_quantisation, _dc, _ac) =
        (quantisation ?? throw new InvalidDataException("a table of quantisation is missing."), dc, ac);

    public void ReadUnit(JpegBits bits, int unit)
    {
        int[] block = new int[64];
        for (int b = 0; b < horizontal * vertical; b++)
        {
            ReadBlock(bits, block);
            int x = ((unit % UnitsAcross * horizontal) + (b % horizontal)) * 8;
            int y = ((unit / UnitsAcross * vertical) + (b / horizontal)) * 8;
            JpegTransform.Inverse(block, Samples.AsSpan((y * Stride) + x), Stride);
        }
    }

    private void ReadBlock(JpegBits bits, int[] block)
    {
        if (_dc is null || _ac is null)
        {
            throw new InvalidDataException("a table of codes is missing.");
        }

        Array.Clear(block);
        Previous += bits.Signed(_dc.Decode(bits) & 15);
        block[0] = Previous * _quantisation[0];
        for (int k = 1; k < 64; k++)
        {
            int symbol = _ac.Decode(bits);
            (int zeros, int size) = (symbol >> 4, symbol & 15);
            if (size == 0 && zeros < 15)
            {
                return;
            }

            k += zeros;
            if (k > 63)
            {
                throw new InvalidDataException("a block has too many coefficients.");
            }

            int at = JpegTransform.Natural[k];
            block[at] = bits.Signed(size) * _quantisation[at];
        }
    }
}
