using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Spectre.Console;
using Tessera.Examples.Images;
using Tessera.Runtime;

namespace Navit;

/// <summary>What the main job prints: a line for each image, then what packing saved and whether it changed anything.</summary>
public sealed class Report(IReadOnlyList<PatchedImage> images, IReadOnlyList<string>? labels)
{
    private readonly string[] _results = new string[images.Count];
    private double _difference;
    private double _largest;
    private double _packed;
    private double _padded;

    /// <summary>Whether the model has a classifier.</summary>
    public bool ShowsClasses => labels is not null;

    /// <summary>Notes one image: its embedding in the packed batch and alone, and its logits where there is a classifier.</summary>
    public void Add(int image, ReadOnlySpan<float> packed, ReadOnlySpan<float> alone, ReadOnlySpan<float> logits)
    {
        for (int i = 0; i < packed.Length; i++)
        {
            _difference = Math.Max(_difference, Math.Abs((double)packed[i] - alone[i]));
            _largest = Math.Max(_largest, Math.Abs((double)alone[i]));
        }

        _results[image] = labels is null ? Digest(packed) : Top(logits, labels);
    }

    /// <summary>Adds the median times of one batch.</summary>
    public void Time((double Packed, double Padded) seconds)
    {
        _packed += seconds.Packed;
        _padded += seconds.Padded;
    }

    public void Print(PackingPlan plan)
    {
        Table table = new Table().AddColumns("image", "size", "grid", "tokens", labels is null ? "embedding" : "classes");
        for (int i = 0; i < images.Count; i++)
        {
            PatchedImage image = images[i];
            table.AddRow(
                Markup.Escape(Path.GetFileName(image.Name)), $"{image.Width} × {image.Height}", $"{image.Rows} × {image.Columns}",
                Text(image.Tokens), Markup.Escape(_results[i]));
        }

        AnsiConsole.Write(table);
        Line("tokens", $"{plan.Tokens} in {plan.Batches.Count} packed batches");
        Line("padding avoided", $"{plan.PaddingAvoided} tokens ({Text(100.0 * plan.PaddingAvoided / Math.Max(1, plan.PaddedTokens))} % of {plan.PaddedTokens})");
        Line("packed against alone", string.Create(CultureInfo.InvariantCulture, $"largest difference {_difference:E2}, largest value {_largest:E2}"));
        Line("time", string.Create(CultureInfo.InvariantCulture, $"packed {_packed * 1e3:F1} ms, padded {_padded * 1e3:F1} ms: {_padded / _packed:F2} × faster"));
    }

    private static void Line(string what, string value) => AnsiConsole.MarkupLineInterpolated($"[bold]{what}[/]: {value}");

    private static string Text(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    // Rounded before hashing: a digest that changes with the last bit says nothing.
    private static string Digest(ReadOnlySpan<float> embedding)
    {
        float[] rounded = [.. embedding.ToArray().Select(static x => MathF.Round(x, 3) + 0f)];
        double norm = Math.Sqrt(embedding.ToArray().Sum(static x => (double)x * x));
        string hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(rounded)))[..12];
        return string.Create(CultureInfo.InvariantCulture, $"{hash}  |x| = {norm:F3}");
    }

    private static string Top(ReadOnlySpan<float> logits, IReadOnlyList<string> labels)
    {
        float[] scores = logits.ToArray();
        double max = scores.Max();
        double sum = scores.Sum(s => Math.Exp(s - max));
        return string.Join(", ", Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(3).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{(i < labels.Count ? labels[i] : $"class {i}")} {Math.Exp(scores[i] - max) / sum:P0}")));
    }
}
