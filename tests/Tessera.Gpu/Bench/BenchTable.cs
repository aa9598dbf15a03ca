using System.Globalization;
using System.Text.Json;

namespace Tessera.Gpu.Bench;

/// <summary>The rows of several files, ours and of scripts that time others, as a table for people.</summary>
internal static class BenchTable
{
    /// <summary>Writes a table in Markdown for each kind of op; lines that are no rows of a benchmark are passed over.</summary>
    public static void Write(IEnumerable<string> files, TextWriter output)
    {
        JsonElement[] rows = [.. files.SelectMany(File.ReadLines).Select(Parse).OfType<JsonElement>().Where(static r => Text(r, "program") == "bench" && r.TryGetProperty("us", out _))];
        foreach (IGrouping<string, JsonElement> group in rows.GroupBy(static r => Text(r, "what")))
        {
            output.WriteLine($"## {group.Key}");
            output.WriteLine();
            output.WriteLine("| case | by | µs (quartiles) | one by one, µs | TFLOP/s or GB/s | time over ours | difference |");
            output.WriteLine("|---|---|---|---|---|---|---|");
            foreach (IGrouping<string, JsonElement> c in group.GroupBy(static r => Text(r, "case")))
            {
                double? ours = c.Where(static r => Text(r, "side") == BenchNames.Ours).Select(static r => Number(r, "us")).FirstOrDefault();
                foreach (JsonElement row in c)
                {
                    output.WriteLine(Line(c.Key, row, ours));
                }
            }

            output.WriteLine();
        }
    }

    // A process that is ended in the middle of a line leaves half of one.
    private static JsonElement? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Ratios of pairs where both ran in one process; else of medians.
    private static string Line(string c, JsonElement row, double? ours)
    {
        string ratio = Number(row, "ratio") is { } pairs ? $"{Short(pairs)} ({Short(Number(row, "ratio_low"))} … {Short(Number(row, "ratio_high"))})"
            : ours is { } own && Text(row, "side") != BenchNames.Ours ? $"{Short(Number(row, "us") / own)}, apart" : "";
        return $"| {c} | {Text(row, "side")} | {Short(Number(row, "us"))} ({Short(Number(row, "low"))} … {Short(Number(row, "high"))}) | {Short(Number(row, "single_us"))} "
            + $"| {Short(Number(row, "tflops") ?? Number(row, "gb_s"))} | {ratio} | {Short(Number(row, "difference"))} |";
    }

    private static string Text(JsonElement row, string name) => row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static double? Number(JsonElement row, string name) => row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string Short(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";
}
