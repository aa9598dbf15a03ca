using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Explain;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera explain IN [--rule RULE]</c>: where rules fired, and why they did not where they nearly did.</summary>
internal sealed class ExplainCommand
{
    private readonly OptimizeArguments _arguments = new();
    private readonly Option<string[]> _rules = new("--rule") { Description = "Name of a rule, for the sites and reasons in full. May be repeated." };
    private readonly Option<int> _show = new("--show") { Description = "How many sites of each list to print.", DefaultValueFactory = static _ => 20 };
    private readonly Option<bool> _json = new("--json") { Description = "Prints everything as JSON." };

    public static Command Create(Terminal terminal)
    {
        ExplainCommand c = new();
        Command command = new("explain", "Says which rewrites fire on an ONNX model, where, and why others nearly did.")
        {
            c._arguments.Input, c._rules, c._arguments.Target, c._arguments.Opset, c._show, c._json,
        };
        c._arguments.Limits.AddTo(command);
        command.SetAction(result => c.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        string[] names = [.. (result.GetValue(_rules) ?? []).Select(static name => RuleNames.Check(name)).Distinct()];
        using OnnxModel model = _arguments.Load(result);
        OptimizeReport report = terminal.Show(progress => model.Optimize(_arguments.Options(result, progress))).Report;
        RuleReport[] asked = [.. names.Select(report.Rule)];
        if (result.GetValue(_json))
        {
            Json.Write(terminal, new
            {
                rules = (asked.Length > 0 ? asked : report.Rules).Select(Row),
                lowered = report.LoweredGroups.Select(static g => new { op = g.Op, reason = g.Reason, places = g.Places.Select(Place.Of) }),
            });
            return Guard.Success;
        }

        if (asked.Length == 0)
        {
            ShowAll(terminal, report);
        }

        foreach (RuleReport rule in asked)
        {
            Show(terminal, rule, Math.Max(1, result.GetValue(_show)));
        }

        return Guard.Success;
    }

    private static object Row(RuleReport rule) => new
    {
        rule = rule.Rule,
        tried = rule.Tried,
        fired = rule.Fired.Select(static f => new { op = f.Op, place = Place.Of(f.Place) }),
        misses = rule.Reasons.Select(static g => new { op = g.Op, reason = g.Reason, places = g.Places.Select(Place.Of) }),
    };

    private static void ShowAll(Terminal terminal, OptimizeReport report)
    {
        Table table = new Table().AddColumns("rule", "fired", "near misses", "most frequent reason");
        foreach (RuleReport rule in report.Rules.Where(static r => r.Tried))
        {
            table.AddRow(rule.Rule, Number(rule.Fired.Count), Number(rule.Misses.Count), Markup.Escape(rule.Reasons.Count > 0 ? rule.Reasons[0].Reason : ""));
        }

        terminal.Results.Write(table);
        if (report.Rules.Where(static r => !r.Tried).Select(static r => r.Rule).ToArray() is [_, ..] others)
        {
            terminal.Results.MarkupLineInterpolated($"not for this target, or asked for by name only: {string.Join(", ", others)}");
        }

        foreach (ReasonGroup group in report.LoweredGroups)
        {
            terminal.Results.MarkupLineInterpolated($"[yellow]lowered[/] {group.Places.Count} × {group.Op}: {group.Reason}");
        }
    }

    private static void Show(Terminal terminal, RuleReport rule, int show)
    {
        terminal.Results.MarkupLineInterpolated($"[bold]{rule.Rule}[/]: {(rule.Tried ? $"fired {OptimizeReport.Times(rule.Fired.Count)}" : "not tried: it is not for this target, or asked for by name only")}");
        foreach (IGrouping<string, SourceLocation> op in rule.Fired.GroupBy(static f => f.Op, static f => f.Place))
        {
            terminal.Results.MarkupLineInterpolated($"  [green]{op.Count()} × {op.Key}[/]");
            List(terminal, [.. op], show);
        }

        if (rule.Misses.Count > 0)
        {
            terminal.Results.MarkupLineInterpolated($"  near misses: {rule.Misses.Count}");
        }

        foreach (ReasonGroup group in rule.Reasons.Take(show))
        {
            terminal.Results.MarkupLineInterpolated($"  [yellow]{group.Places.Count} × {group.Op}[/]: {group.Reason}");
            List(terminal, group.Places, show);
        }

        More(terminal, rule.Reasons.Count - show, "  ", "reasons");
    }

    private static void List(Terminal terminal, IReadOnlyList<SourceLocation> places, int show)
    {
        foreach (SourceLocation place in places.Take(show))
        {
            terminal.Results.MarkupLineInterpolated($"    {Place.Of(place)}");
        }

        More(terminal, places.Count - show, "    ", "places");
    }

    private static void More(Terminal terminal, int count, string indent, string what)
    {
        if (count > 0)
        {
            terminal.Results.MarkupLineInterpolated($"{indent}and {count} {what} more");
        }
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
