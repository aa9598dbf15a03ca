using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Verify;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Pack;

/// <summary>The original on examples by themselves, and what others are held to by that.</summary>
internal sealed class PackTrial(OrtRun original, PackLayout layout, string place)
{
    private readonly PackExamples _examples = new(layout);
    private readonly List<PackCheck> _checks = [];
    private readonly List<string> _untested = [];
    private int _seed = 1;

    public PackLayout Layout { get; } = layout;

    public PackSizes Sizes => _examples.Sizes;

    public OrtRun Original { get; } = original;

    public string Place { get; } = place;

    /// <summary>What ONNX Runtime said at the last refusal.</summary>
    public string? Refused { get; private set; }

    public IReadOnlyList<PackCheck> Checks => _checks;

    /// <summary>What could not be compared, and why.</summary>
    public IReadOnlyList<string> Untested => _untested;

    public void Skip(string what) => _untested.Add(what);

    /// <summary>An example that was not before.</summary>
    public PackExample Next(IReadOnlyDictionary<string, long> sizes, ValueKind kind = ValueKind.Plain) => _examples.Make(sizes, ++_seed, kind);

    /// <summary>Whether the original takes an example of such sizes.</summary>
    public bool Runs(IReadOnlyDictionary<string, long> sizes) => Alone(_examples.Make(sizes, seed: 1, ValueKind.Plain)) is not null;

    /// <summary>Sizes more than the given ones, by at least so much, that the original takes; null where a few that the rules allow are refused.</summary>
    public IReadOnlyDictionary<string, long>? Longer(IReadOnlyDictionary<string, long> than, int by)
    {
        const int Tries = 3;
        return Sizes.Longer(than, by).Take(Tries).FirstOrDefault(Runs);
    }

    public RefTensor[]? Alone(PackExample example) =>
        Try(Original, Layout.Padded([example], [example])) is { } results ? Layout.OfPadded(results, 0, example) : null;

    /// <summary>Results, or null where the model refuses the inputs.</summary>
    public IReadOnlyList<RefValue>? Try(OrtRun run, Dictionary<string, RefValue> inputs)
    {
        try
        {
            return run.Run(inputs);
        }
        catch (Exception error) when (error is OnnxRuntimeException or TesseraException { Code: "TSR0952" })
        {
            Refused = error.Message.ReplaceLineEndings(" ");
            return null;
        }
    }

    /// <summary>Holds what an example got to what the original gives it alone.</summary>
    /// <param name="code">Code of the error where it is something else.</param>
    /// <param name="what">What was run.</param>
    /// <param name="example">The example.</param>
    /// <param name="actual">What it got.</param>
    /// <param name="meaning">What a difference means.</param>
    /// <param name="blame">What is to blame, if it can be told.</param>
    public void Compare(string code, string what, PackExample example, RefTensor[] actual, string meaning, Func<string?>? blame = null)
    {
        RefTensor[] expected = Alone(example) ?? throw new TesseraException("TSR0912", Place, $"the original refuses an example of {Sizes.Text(example.Sizes)}: {Refused}.");
        Comparison comparison = Compared(expected, actual, [.. Layout.Outputs.Select(static o => o.Name)]);
        _checks.Add(comparison.Difference is null
            ? new PackCheck($"{what}: {Sizes.Text(example.Sizes)}", comparison.Largest)
            : throw new TesseraException(code, Place, $"{meaning}: {what}, example of {Sizes.Text(example.Sizes)}: {comparison.Difference}.", blame?.Invoke()));
    }

    public static Comparison Compared(IReadOnlyList<RefValue> expected, IReadOnlyList<RefValue> actual, IReadOnlyList<string> names) =>
        Comparison.Of(expected, actual, ModelComparison.Tolerance, names, ModelComparison.Negligible);
}
