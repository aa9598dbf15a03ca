using Tessera.Examples.Images;

namespace Ocr;

/// <summary>From an image to its lines of text: find, turn, read.</summary>
public sealed class Reader : IDisposable
{
    private const double LeastConfidence = 0.5;
    private readonly Detector _detector;
    private readonly AngleClassifier _angle;
    private readonly Recogniser _recogniser;

    public Reader(string folder)
    {
        Stages =
        [
            new Stage("find lines", Path.Combine(folder, ModelFolder.Detection)),
            new Stage("tell the angle", Path.Combine(folder, ModelFolder.Angle)),
            new Stage("read a line", Path.Combine(folder, ModelFolder.Recognition)),
        ];
        _detector = new Detector(Stages[0]);
        _angle = new AngleClassifier(Stages[1]);
        _recogniser = new Recogniser(Stages[2], Path.Combine(folder, ModelFolder.Letters));
    }

    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>What the image says, from top to bottom; what no letter is found in is no text.</summary>
    public IReadOnlyList<TextLine> Read(RgbImage image) => [.. _detector.Find(image).Select(box => Line(image, box)).Where(static l => l.Confidence > LeastConfidence)];

    public void Dispose()
    {
        foreach (Stage stage in Stages)
        {
            stage.Dispose();
        }
    }

    private TextLine Line(RgbImage image, Box box)
    {
        int width = Math.Max(16, (int)Math.Round(box.Width * Recogniser.Height / box.Height));
        float[] planes = Sampler.Take(image, box, width, Recogniser.Height);
        bool turned = _angle.IsTurned(planes, width);
        (string text, double confidence) = _recogniser.Read(turned ? Sampler.Turn(planes) : planes, width);
        return new TextLine(text, confidence, box, turned);
    }
}
