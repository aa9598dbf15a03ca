namespace Tessera.Gpu.Bench;

/// <summary>The sequences of a packed batch.</summary>
/// <param name="Name">As scripts that time others call it.</param>
/// <param name="Each">Tokens of each.</param>
internal sealed record Lengths(string Name, int[] Each)
{
    // What timm's NaFlex models are trained on.
    private static readonly int[] s_images = [128, 256, 576, 784, 1024];

    public int Tokens => Each.Sum();

    public int Longest => Each.Max();

    public bool AreEqual => Each.All(n => n == Longest);

    /// <summary>0, n₁, n₁ + n₂, …</summary>
    public int[] Offsets
    {
        get
        {
            int[] offsets = new int[Each.Length + 1];
            for (int i = 0; i < Each.Length; i++)
            {
                offsets[i + 1] = offsets[i] + Each[i];
            }

            return offsets;
        }
    }

    public static Lengths Images(int batch) => new($"images {batch}", [.. Enumerable.Range(0, batch).Select(static i => s_images[i % s_images.Length])]);

    public static Lengths Equal(int batch, int length) => new($"equal {batch} x {length}", [.. Enumerable.Repeat(length, batch)]);

    /// <summary>Rows of a packed tensor, each sequence padded with zeros to the longest.</summary>
    public byte[] Pad(ReadOnlySpan<byte> packed, int rowBytes)
    {
        byte[] padded = new byte[Each.Length * Longest * rowBytes];
        int[] offsets = Offsets;
        for (int i = 0; i < Each.Length; i++)
        {
            packed.Slice(offsets[i] * rowBytes, Each[i] * rowBytes).CopyTo(padded.AsSpan(i * Longest * rowBytes));
        }

        return padded;
    }

    /// <summary>Rows of a padded tensor without the padding.</summary>
    public byte[] Unpad(ReadOnlySpan<byte> padded, int rowBytes)
    {
        byte[] packed = new byte[Tokens * rowBytes];
        int[] offsets = Offsets;
        for (int i = 0; i < Each.Length; i++)
        {
            padded.Slice(i * Longest * rowBytes, Each[i] * rowBytes).CopyTo(packed.AsSpan(offsets[i] * rowBytes));
        }

        return packed;
    }

    /// <summary>Where each packed row lies among the padded ones, then where padding does: ONNX Runtime's <c>token_offset</c>.</summary>
    public int[] TokenOffsets()
    {
        IEnumerable<int> Places(bool tokens) => Enumerable.Range(0, Each.Length * Longest).Where(p => p % Longest < Each[p / Longest] == tokens);
        return [.. Places(true), .. Places(false)];
    }
}
