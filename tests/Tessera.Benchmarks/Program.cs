// Ratios measured side by side in one run: dotnet run -c Release --project tests/Tessera.Benchmarks -- NAME [--quick] [--json FILE]
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tessera.Benchmarks;
using Tessera.Benchmarks.Attention;
using Tessera.Benchmarks.Build;
using Tessera.Benchmarks.Compile;
using Tessera.Benchmarks.Experts;
using Tessera.Benchmarks.Merges;
using Tessera.Benchmarks.Models;
using Tessera.Benchmarks.Packing;
using Tessera.Benchmarks.Scheduler;

Dictionary<string, Func<bool, IEnumerable<Row>>> benchmarks = new()
{
    ["attention"] = AttentionBenchmark.Run,
    ["build"] = BuildBenchmark.Run,
    ["compile"] = CompileBenchmark.Run,
    ["memory"] = MemoryBenchmark.Run,
    ["merges"] = MergeBenchmark.Run,
    ["models"] = ModelsBenchmark.Run,
    ["moe"] = MoeBenchmark.Run,
    ["navit"] = NaViTBenchmark.Run,
    ["packing"] = PackingBenchmark.Run,
    ["scheduler"] = SchedulerBenchmark.Run,
};
Argument<string> name = new("NAME") { Description = $"One of: {string.Join(", ", benchmarks.Keys)}." };
name.AcceptOnlyFromAmong([.. benchmarks.Keys]);
Option<bool> quick = new("--quick") { Description = "Fewer pairs and a smaller model: a look, not a measurement." };
Option<string?> json = new("--json") { Description = "Also writes the rows to this file." };
RootCommand root = new("Measures Tessera against the best alternative in the same run.") { name, quick, json };
root.SetAction(result =>
{
    Row[] rows = [.. benchmarks[result.GetValue(name)!](result.GetValue(quick))];
    Table table = new Table().AddColumns("case", "baseline", "threads", "ratio", "quartiles", "goal", "");
    foreach (Row row in rows)
    {
        table.AddRow(row.Case, row.Baseline, Number(row.Threads), Number(row.Ratio), $"{Number(row.Low)} … {Number(row.High)}", row.Goal == 0 ? "" : Number(row.Goal), row.Goal == 0 ? "" : row.Holds ? "[green]holds[/]" : "[red]short[/]");
    }

    AnsiConsole.Write(table);
    if (result.GetValue(json) is { } file)
    {
        File.WriteAllText(file, JsonSerializer.Serialize(rows, JsonSerializerOptions.Web));
    }

    return rows.All(static r => r.Holds) ? 0 : 1;
});
return root.Parse(args).Invoke();

static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
