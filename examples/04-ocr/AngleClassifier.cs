namespace Ocr;

/// <summary>Tells lines that stand upside down.</summary>
public sealed class AngleClassifier(Stage stage)
{
    private const int Width = 192;
    private const float LeastProbability = 0.9f;

    /// <summary>Whether a line of height 48 is to be turned before it is read.</summary>
    public bool IsTurned(float[] planes, int width)
    {
        float[] padded = new float[3 * Recogniser.Height * Width];
        int taken = Math.Min(width, Width);
        for (int row = 0; row < 3 * Recogniser.Height; row++)
        {
            planes.AsSpan(row * width, taken).CopyTo(padded.AsSpan(row * Width));
        }

        return stage.Run(padded, 1, 3, Recogniser.Height, Width).Values[1] > LeastProbability;
    }
}
