using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Diff;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera diff A B</c>: what changed, by meaning and not by name.</summary>
internal sealed class DiffCommand
{
    private readonly Argument<string> _first = new("A") { Description = "A .onnx model." };
    private readonly Argument<string> _second = new("B") { Description = "The model to compare with it." };
    private readonly Option<int> _show = new("--show") { Description = "How many entries of each list to print.", DefaultValueFactory = static _ => 20 };
    private readonly Option<bool> _json = new("--json") { Description = "Prints everything as JSON." };
    private readonly LimitOptions _limits = new();

    public static Command Create(Terminal terminal)
    {
        DiffCommand c = new();
        Command command = new("diff", "Says what two models differ in, by what they compute; exits with 3 where they do.") { c._first, c._second, c._show, c._json };
        c._limits.AddTo(command);
        command.SetAction(result => c.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        ModelDifference difference = terminal.Show(progress =>
        {
            progress("read");
            using OnnxModel a = OnnxModel.Load(GraphFile.Existing(result.GetValue(_first)!), _limits.Of(result));
            using OnnxModel b = OnnxModel.Load(GraphFile.Existing(result.GetValue(_second)!), _limits.Of(result));
            progress("compare");
            return ModelDiff.Of(a, b);
        });
        if (result.GetValue(_json))
        {
            Json.Write(terminal, difference);
        }
        else
        {
            Show(terminal, difference, Math.Max(1, result.GetValue(_show)));
        }

        return difference.IsSame ? Guard.Success : Guard.Differs;
    }

    private static void Show(Terminal terminal, ModelDifference d, int show)
    {
        string same = $"{d.SameOps.ToString(CultureInfo.InvariantCulture)} ops in both";
        terminal.Results.MarkupLine(d.IsSame ? $"[green]same[/]: {same}" : $"[red]different[/]: {same}");
        List(terminal, "interface", d.Interface, show, static c => c.ToString());
        List(terminal, "only in the first", d.OnlyInFirst, show, g => Group(g, show));
        List(terminal, "only in the second", d.OnlyInSecond, show, g => Group(g, show));
        List(terminal, "attributes", d.Attributes, show, static c => $"{c.Op} {Names(c.FirstPlace, c.SecondPlace)}: {c.Attribute} {c.First} → {c.Second}");
        List(terminal, "weights", d.Weights, show, Weight);
        List(terminal, "wiring", d.Wiring, show, static c => c.ToString());
        List(terminal, "notes, which change nothing that is computed", d.Notes, show, static c => c.ToString());
    }

    private static void List<T>(Terminal terminal, string title, IReadOnlyList<T> items, int show, Func<T, string> line)
    {
        if (items.Count == 0)
        {
            return;
        }

        terminal.Results.MarkupLineInterpolated($"[bold]{title}[/]: {items.Count}");
        foreach (T item in items.Take(show))
        {
            terminal.Results.MarkupLineInterpolated($"  {line(item)}");
        }

        if (items.Count > show)
        {
            terminal.Results.MarkupLineInterpolated($"  and {items.Count - show} more");
        }
    }

    private static string Group(OpGroup group, int show) =>
        $"{group.Places.Count} × {group.Op}: {string.Join(", ", group.Places.Take(show))}{(group.Places.Count > show ? ", …" : "")}";

    private static string Names(string first, string second) => first == second ? first : $"{first} → {second}";

    private static string Weight(WeightChange c) => c.FirstType != c.SecondType || c.Elements == 0
        ? $"{Names(c.First, c.Second)}: {c.FirstType} → {c.SecondType}"
        : string.Create(CultureInfo.InvariantCulture, $"{Names(c.First, c.Second)}, {c.FirstType}: {c.Differing} of {c.Elements} elements differ, max |Δ| {c.Largest:G4}");
}
