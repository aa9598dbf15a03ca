namespace Tessera.Benchmarks.Experts;

/// <summary>A matrix <c>[rows, columns]</c> in 4 bits, symmetric, a scale for each column of a block of rows.</summary>
internal sealed class NarrowMatrix
{
    private const int Most = 7;
    private readonly sbyte[] _codes;
    private readonly int _block;

    public NarrowMatrix(float[] wide, int rows, int columns, int block)
    {
        (Rows, Columns, _block) = (rows, columns, block);
        _codes = new sbyte[wide.Length];
        Scales = new float[rows / block * columns];
        Wide = new float[wide.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            ref float scale = ref Scales[(i / columns / block * columns) + (i % columns)];
            scale = Math.Max(scale, Math.Abs(wide[i]) / Most);
        }

        for (int i = 0; i < wide.Length; i++)
        {
            float scale = Scales[(i / columns / block * columns) + (i % columns)];
            _codes[i] = (sbyte)MathF.Round(wide[i] / scale);
            Wide[i] = _codes[i] * scale;
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary><c>[rows / block, columns]</c>.</summary>
    public float[] Scales { get; }

    /// <summary>What the numbers stand for.</summary>
    public float[] Wide { get; }

    /// <summary>Row by row, two numbers in a byte, as ONNX has them.</summary>
    public byte[] ByRow()
    {
        byte[] bytes = new byte[_codes.Length / 2];
        for (int i = 0; i < _codes.Length; i++)
        {
            bytes[i / 2] |= (byte)((_codes[i] & 15) << (i % 2 * 4));
        }

        return bytes;
    }

    /// <summary>Column by column, 8 added to each, as ONNX Runtime's own ops have them.</summary>
    public byte[] ByColumn()
    {
        byte[] bytes = new byte[_codes.Length / 2];
        for (int r = 0; r < Rows; r++)
        {
            for (int c = 0; c < Columns; c++)
            {
                int at = (c * Rows) + r;
                bytes[at / 2] |= (byte)((_codes[(r * Columns) + c] + 8) << (at % 2 * 4));
            }
        }

        return bytes;
    }

    /// <summary>Scales column by column.</summary>
    public float[] ScalesByColumn()
    {
        int blocks = Rows / _block;
        return [.. Enumerable.Range(0, Scales.Length).Select(i => Scales[(i % blocks * Columns) + (i / blocks)])];
    }
}
