using System.Text;

namespace Ocr;

/// <summary>Reads a line: the model gives probabilities of letters step by step, with a blank between equal ones (CTC).</summary>
public sealed class Recogniser
{
    public const int Height = 48;
    private readonly Stage _stage;
    private readonly string[] _letters;

    public Recogniser(Stage stage, string letters)
    {
        // Class 0 is the blank, the last one a space.
        (_stage, _letters) = (stage, ["", .. File.ReadAllLines(letters), " "]);
    }

    /// <summary>The text of a line of height 48, and how sure the model is of it.</summary>
    public (string Text, double Confidence) Read(float[] planes, int width)
    {
        (float[] probabilities, long[] shape) = _stage.Run(planes, 1, 3, Height, width);
        int classes = (int)shape[2];
        StringBuilder text = new();
        double sum = 0;
        int count = 0;
        int last = 0;
        for (int step = 0; step < shape[1]; step++)
        {
            ReadOnlySpan<float> row = probabilities.AsSpan(step * classes, classes);
            int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
            if (best != last && best != 0)
            {
                text.Append(_letters[best]);
                sum += row[best];
                count++;
            }

            last = best;
        }

        return (text.ToString().Trim(), count == 0 ? 0 : sum / count);
    }
}
