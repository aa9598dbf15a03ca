using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Passes.Packing;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera pack IN -o OUT</c></summary>
internal sealed class PackCommand
{
    private readonly Argument<string> _input = new("IN") { Description = "The .onnx model of padded batches." };
    private readonly Option<string> _output = new("-o", "--output") { Required = true, Description = "The .onnx file to write." };
    private readonly Option<string> _batch = new("--batch") { DefaultValueFactory = static _ => "batch", Description = "The size that is the number of examples." };
    private readonly Option<string[]> _ragged = new("--ragged") { DefaultValueFactory = static _ => ["sequence"], Description = "A size that padding makes longer. May be repeated." };
    private readonly Option<string[]> _masks = new("--mask") { Description = "An input that tells tokens from padding; NAME:flags or NAME:added says how, where the model leaves it open. May be repeated; without it, the examples of a batch have one length." };
    private readonly Option<string[]> _padding = new("--pad") { Description = "What padding of an input holds, where the model depends on it, and no token is less: input_ids=0. May be repeated." };
    private readonly Option<string> _io = new("--io") { DefaultValueFactory = static _ => "packed", Description = "What it takes and gives: packed, or padded as the original, packed inside." };
    private readonly Option<string> _target = new("--target") { DefaultValueFactory = static _ => "tessera", Description = "portable, ort, tessera." };
    private readonly Option<int?> _opset = new("--opset") { Description = "Version of ai.onnx; without it, the model's." };
    private readonly Option<bool> _verify = new("--verify") { Description = "Compares on many batches, in bare ONNX Runtime too, and replays every rewritten site; without it, on a few." };
    private readonly LimitOptions _limits = new();

    public static Command Create(Terminal terminal)
    {
        PackCommand c = new();
        c._io.AcceptOnlyFromAmong("packed", "padded");
        c._target.AcceptOnlyFromAmong("portable", "ort", "tessera");
        Command command = new("pack", "Turns a model of padded batches into one of packed batches, and compares the two.")
        {
            c._input, c._output, c._batch, c._ragged, c._masks, c._padding, c._io, c._target, c._opset, c._verify,
        };
        c._limits.AddTo(command);
        command.SetAction((result, cancellation) => Task.Run(() => c.Run(result, terminal, cancellation), cancellation));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal, CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        string output = result.GetValue(_output)!;
        using OnnxModel model = OnnxModel.Load(GraphFile.Existing(result.GetValue(_input)!), _limits.Of(result));
        PackedModel packed = terminal.Show(progress =>
        {
            PackedModel made = model.Pack(Options(result, progress));
            progress("write");
            made.Model.Save(output, cancellation);
            return made;
        });
        foreach (CompileWarning warning in packed.Model.FindWarnings(cancellation))
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]warning[/] {warning}");
        }

        foreach (string untested in packed.Untested)
        {
            terminal.Messages.MarkupLineInterpolated($"[yellow]not compared[/]: {untested}");
        }

        string largest = packed.Checks.Max(static c => c.Largest).ToString("0e-00", CultureInfo.InvariantCulture);
        terminal.Results.MarkupLineInterpolated($"[green]same[/] in {packed.Checks.Count} comparisons, largest difference {largest} of the largest element");
        terminal.Results.MarkupLineInterpolated($"[green]wrote[/] {output}: {packed.Model.Nodes} nodes from {model.Nodes}, {watch.Elapsed.TotalSeconds:F1} s");
        return Guard.Success;
    }

    private PackOptions Options(ParseResult result, Action<string> progress) => new()
    {
        Batch = result.GetValue(_batch)!,
        Ragged = [.. result.GetValue(_ragged)!.Distinct(StringComparer.Ordinal)],
        Masks = [.. (result.GetValue(_masks) ?? []).Select(static text => Mask(text).Name)],
        MaskForms = (result.GetValue(_masks) ?? []).Select(Mask).Where(static m => m.Form is not null).DistinctBy(static m => m.Name).ToDictionary(static m => m.Name, static m => m.Form!.Value),
        Padding = Promises(result.GetValue(_padding) ?? []),
        Interface = Enum.Parse<PackInterface>(result.GetValue(_io)!, ignoreCase: true),
        Target = Enum.Parse<EmitTarget>(result.GetValue(_target)!, ignoreCase: true),
        Opset = result.GetValue(_opset),
        Verify = result.GetValue(_verify),
        Progress = progress,
    };

    // attention_mask, attention_mask:flags, attention_mask:added
    private static (string Name, MaskForm? Form) Mask(string text)
    {
        foreach (MaskForm form in Enum.GetValues<MaskForm>())
        {
            string ending = $":{form}";
            if (text.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return (text[..^ending.Length], form);
            }
        }

        return (text, null);
    }

    private static Dictionary<string, double> Promises(string[] texts)
    {
        Dictionary<string, double> promises = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, double> promise in texts.Select(Promise))
        {
            if (!promises.TryAdd(promise.Key, promise.Value))
            {
                throw new TesseraException("TSR1221", "--pad", $"'{promise.Key}' is given twice.", "Give each input once.");
            }
        }

        return promises;
    }

    private static KeyValuePair<string, double> Promise(string text) =>
        text.LastIndexOf('=') is > 0 and var at && double.TryParse(text[(at + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? new(text[..at], value)
            : throw new TesseraException("TSR1221", "--pad", $"'{text}' is no padding.", "Write an input and a number: input_ids=0.");
}
