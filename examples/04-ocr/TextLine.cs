namespace Ocr;

/// <summary>A line of text that was read.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Confidence">Mean probability of its letters.</param>
/// <param name="Box">Where it stands.</param>
/// <param name="IsTurned">Whether it stands upside down.</param>
public sealed record TextLine(string Text, double Confidence, Box Box, bool IsTurned);

/// <summary>An upright rectangle in pixels of an image.</summary>
public readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    public override string ToString() => $"{Left:F0}, {Top:F0} … {Right:F0}, {Bottom:F0}";
}
