using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Verify;
using Tessera.Ir;

namespace Tessera.Cli.Commands;

/// <summary><c>tessera verify A B</c></summary>
internal sealed class VerifyCommand
{
    private const int MostCases = 10_000;

    private const string Random = "The original differs from itself there: it draws random numbers, as Dropout does in training and RandomNormal without a seed. Give these a seed, or compare what is before them. ";

    private readonly Argument<string> _a = new("A") { Description = "The original model." };
    private readonly Argument<string> _b = new("B") { Description = "The model that must give the same." };
    private readonly Option<int> _cases = new("--cases") { DefaultValueFactory = static _ => 12, Description = "How many generated inputs to try." };
    private readonly Option<string?> _data = new("--data") { Description = "A folder of inputs instead: NAME.npy, NAME.pb or input_0.pb, or folders of these." };
    private readonly Option<string[]> _inputs = new("--inputs") { Description = "Type or elements of generated inputs: \"x=f32[1, 3, 48, 320]; sr=16000\"." };
    private readonly Option<string[]> _sizes = new("--size") { Description = "What a size of generated inputs may be: seq=17 or seq=0,1,17." };
    private readonly LimitOptions _limits = new();
    private readonly Option<string[]> _tolerances = new("--tolerance") { Description = "Largest difference over the largest element, by element type: f32=1e-3." };

    private readonly Option<string?> _watched = Watcher.CreateOption();

    public static Command Create(Terminal terminal)
    {
        VerifyCommand c = new();
        Command command = new("verify", "Runs two models on the same inputs and compares what they give.") { c._a, c._b, c._cases, c._data, c._inputs, c._sizes, c._tolerances, c._watched };
        c._limits.AddTo(command);
        command.SetAction(result => c.Run(result, terminal));
        return command;
    }

    private int Run(ParseResult result, Terminal terminal)
    {
        (string a, string b) = (GraphFile.Existing(result.GetValue(_a)!), GraphFile.Existing(result.GetValue(_b)!));
        if (result.GetValue(_cases) is < 1 or > MostCases)
        {
            throw new TesseraException("TSR1216", "--cases", $"{result.GetValue(_cases)} is no number of inputs to try.", $"It lies in [1, {MostCases}].");
        }

        Func<DType, double> tolerance = Tolerance(result.GetValue(_tolerances) ?? []);
        IReadOnlyList<ComparedCase> results = ModelComparison.Run(a, b, Cases(result, a), tolerance, Watcher.WatchOf(result.GetValue(_watched)));
        DType[] floats = [DType.F32, DType.F16, DType.BF16, DType.F64];
        string stated = $"{string.Join(", ", floats.Select(d => $"{d.Text()} {Text(tolerance(d))}"))} of the largest element, or four units in the last place of 1; all else equal";
        if (results.FirstOrDefault(static r => r.Difference is not null) is { } differs)
        {
            throw new TesseraException("TSR1213", b, $"it differs from {a} on {differs.Inputs}: {differs.Difference}.", $"{(differs.IsRandom ? Random : "")}Tolerance: {stated}.");
        }

        ComparedCase[] ran = [.. results.Where(static r => r.Refused is null)];
        string? refused = results.FirstOrDefault(static r => r.Refused is not null)?.Refused;
        if (ran.Length == 0)
        {
            throw new TesseraException(
                "TSR1214", a, $"nothing was compared: {(refused is null ? "the constraints exclude all sizes that were tried" : $"both models refuse all {results.Count} inputs: {refused}")}.",
                "Give inputs that it takes: --data FOLDER, --inputs \"x=f32[1, 16]\" or --size n=16.");
        }

        terminal.Results.MarkupLineInterpolated($"[green]same[/] on {ran.Length} inputs, largest difference {Text(ran.Max(static r => r.Largest))} of the largest element");
        terminal.Results.MarkupLineInterpolated($"tolerance {stated}");
        if (refused is not null)
        {
            terminal.Results.MarkupLineInterpolated($"[yellow]not compared[/] {results.Count - ran.Length} inputs, which both models refuse: {refused}");
        }

        if (results[0].Unread is { Count: > 0 } unread)
        {
            terminal.Results.MarkupLineInterpolated($"[yellow]not compared[/] TSR1218: output {string.Join(", ", unread)}: sparse, or of a type that others define");
        }

        return Guard.Success;
    }

    private IReadOnlyList<InputCase> Cases(ParseResult result, string path)
    {
        if (result.GetValue(_data) is { } folder)
        {
            return GivenInputs.Read(folder, File.ReadAllBytes(path));
        }

        using OnnxModel read = OnnxModel.Load(path, _limits.Of(result));
        return new GeneratedInputs
        {
            Cases = result.GetValue(_cases),
            Inputs = [.. (result.GetValue(_inputs) ?? []).SelectMany(InputSpec.ParseAll)],
            Sizes = (result.GetValue(_sizes) ?? []).Select(Choice).GroupBy(static s => s.Key, StringComparer.Ordinal)
                .ToDictionary(static g => g.Key, static g => (IReadOnlyList<long>)[.. g.SelectMany(static s => s.Value)], StringComparer.Ordinal),
        }.For(read.Graph);
    }

    private static KeyValuePair<string, long[]> Choice(string text) => text.Split('=') is [var name, var sizes]
        ? new(name, [.. sizes.Split(',').Select(s => long.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : throw NoSize(text))])
        : throw NoSize(text);

    private static TesseraException NoSize(string text) => new("TSR1208", "--size", $"'{text}' is no size.", "Write a name and one or more numbers: n=256 or n=0,1,17.");

    private static Func<DType, double> Tolerance(string[] given)
    {
        Dictionary<DType, double> own = [];
        foreach (string text in given)
        {
            own[text.Split('=') is [var name, _] && DTypes.TryParse(name, out DType type) && type.IsFloat() ? type : throw NoTolerance(text)] =
                double.TryParse(text.Split('=')[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= 0 ? value : throw NoTolerance(text);
        }

        return type => own.TryGetValue(type, out double value) ? value : ModelComparison.Tolerance(type);
    }

    private static TesseraException NoTolerance(string text) => new("TSR1215", "--tolerance", $"'{text}' is no tolerance.", "Write a float type and a number: f32=1e-3.");

    private static string Text(double value) => value.ToString("0e-00", CultureInfo.InvariantCulture);
}
