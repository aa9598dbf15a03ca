namespace Tessera.Ir.Evaluate.Images;

/// <summary>
/// The inverse cosine transform in integers of Loeffler, Ligtenberg and Moschytz ("Practical fast 1-D DCT algorithms with 11
/// multiplications", ICASSP 1989), in the precision that the IJG's library takes: 13 bits for constants, 2 more between the passes.
/// </summary>
internal static class JpegTransform
{
    private const int ConstantBits = 13;
    private const int PassBits = 2;

    /// <summary>Row-major place of each coefficient in the order of the file.</summary>
    public static ReadOnlySpan<byte> Natural =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    public static void Inverse(int[] block, Span<byte> to, int stride)
    {
        Span<int> columns = stackalloc int[64];
        Span<int> line = stackalloc int[8];
        for (int x = 0; x < 8; x++)
        {
            for (int y = 0; y < 8; y++)
            {
                line[y] = block[(8 * y) + x];
            }

            Pass(line, ConstantBits - PassBits);
            for (int y = 0; y < 8; y++)
            {
                columns[(8 * y) + x] = line[y];
            }
        }

        for (int y = 0; y < 8; y++)
        {
            columns.Slice(8 * y, 8).CopyTo(line);
            Pass(line, ConstantBits + PassBits + 3);
            for (int x = 0; x < 8; x++)
            {
                to[(y * stride) + x] = (byte)Math.Clamp(line[x] + 128, 0, 255);
            }
        }
    }

    private static int Fixed(double value) => (int)Math.Floor((value * (1 << ConstantBits)) + 0.5);

    private static void Pass(Span<int> v, int shift)
    {
        int z1 = (v[2] + v[6]) * Fixed(0.541196100);
        int even2 = z1 - (v[6] * Fixed(1.847759065));
        int even3 = z1 + (v[2] * Fixed(0.765366865));
        int even0 = (v[0] + v[4]) << ConstantBits;
        int even1 = (v[0] - v[4]) << ConstantBits;
        ReadOnlySpan<int> even = [even0 + even3, even1 + even2, even1 - even2, even0 - even3];
        (int t0, int t1, int t2, int t3) = (v[7], v[5], v[3], v[1]);
        int z5 = (t0 + t2 + t1 + t3) * Fixed(1.175875602);
        int s1 = -(t0 + t3) * Fixed(0.899976223);
        int s2 = -(t1 + t2) * Fixed(2.562915447);
        int s3 = z5 - ((t0 + t2) * Fixed(1.961570560));
        int s4 = z5 - ((t1 + t3) * Fixed(0.390180644));
        ReadOnlySpan<int> odd =
        [
            (t3 * Fixed(1.501321110)) + s1 + s4, (t2 * Fixed(3.072711026)) + s2 + s3,
            (t1 * Fixed(2.053119869)) + s2 + s4, (t0 * Fixed(0.298631336)) + s1 + s3,
        ];
        int half = 1 << (shift - 1);
        for (int i = 0; i < 4; i++)
        {
            v[i] = (even[i] + odd[i] + half) >> shift;
            v[7 - i] = (even[i] - odd[i] + half) >> shift;
        }
    }
}
