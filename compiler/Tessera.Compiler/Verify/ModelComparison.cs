using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Passes.Replay;

namespace Tessera.Compiler.Verify;

/// <summary>What two models gave on one set of inputs.</summary>
/// <param name="Inputs">Sizes and kind of the values, or the name of what was given.</param>
/// <param name="Largest">Largest |Δ| over the largest element of a result.</param>
/// <param name="Difference">The first element that differs by more than the tolerance; null where none does.</param>
/// <param name="Refused">Why both refuse these inputs; null where they ran.</param>
public sealed record ComparedCase(string Inputs, double Largest, string? Difference, string? Refused)
{
    /// <summary>Outputs of a kind that cannot be compared.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Whether the original, where the other model differs from it, differs from itself on the same inputs.</summary>
    public bool IsRandom { get; init; }
}

/// <summary>Runs two models in ONNX Runtime on the same inputs.</summary>
public static class ModelComparison
{
    /// <summary>
    /// Largest |Δ| over the largest element of a result, by element type: what a deep model gathers when its sums are taken in
    /// another order. Integers, bools and strings are equal or differ.
    /// </summary>
    public static double Tolerance(DType dtype) => dtype switch
    {
        DType.F64 => 1e-10,
        DType.F32 => 1e-4,
        DType.F16 => 1e-2,
        DType.BF16 => 5e-2,
        _ => 0,
    };

    /// <summary>|Δ| that is no difference however small the result: a saturated sigmoid rounds to within a few units of 1.</summary>
    public static double Negligible(DType dtype) => dtype switch
    {
        DType.F64 => Math.ScaleB(1, -50),
        DType.F32 => Math.ScaleB(1, -21),
        DType.F16 => Math.ScaleB(1, -8),
        DType.BF16 => Math.ScaleB(1, -5),
        _ => 0,
    };

    /// <param name="original">File of one model.</param>
    /// <param name="other">File of the other.</param>
    /// <param name="cases">What they are run on.</param>
    /// <param name="tolerance">Largest |Δ| over the largest element, by element type.</param>
    /// <param name="watch">Is told what is being run.</param>
    /// <exception cref="TesseraException">TSR0953: ONNX Runtime refuses one of the models.</exception>
    public static IReadOnlyList<ComparedCase> Run(
        string original, string other, IReadOnlyList<InputCase> cases, Func<DType, double> tolerance, RunWatch? watch = null)
    {
        ArgumentNullException.ThrowIfNull(cases);
        watch ??= RunWatch.None;
        using OrtRun first = Open(() => watch.Run("the original", () => Read(original, kernels: false)), original);
        using OrtRun second = Open(() => watch.Run("the other model", () => Read(other, kernels: true)), other);
        return Run(first, second, cases, tolerance, watch);
    }

    /// <summary>The same of two models in memory, all of their data within.</summary>
    /// <exception cref="TesseraException">TSR0953: ONNX Runtime refuses one of the models.</exception>
    public static IReadOnlyList<ComparedCase> Run(byte[] original, byte[] other, IReadOnlyList<InputCase> cases, Func<DType, double> tolerance)
    {
        using OrtRun first = Open(() => new OrtRun(original), "the original");
        using OrtRun second = Open(() => new OrtRun(other, kernels: true), "the other model");
        return Run(first, second, cases, tolerance, RunWatch.None);
    }

    private static IReadOnlyList<ComparedCase> Run(OrtRun first, OrtRun second, IReadOnlyList<InputCase> cases, Func<DType, double> tolerance, RunWatch watch)
    {
        if (!first.Outputs.ToHashSet(StringComparer.Ordinal).SetEquals(second.Outputs))
        {
            string difference = $"the outputs are {string.Join(", ", first.Outputs)} against {string.Join(", ", second.Outputs)}";
            return [.. cases.Select(c => new ComparedCase(c.What, 0, difference, null))];
        }

        int[] order = [.. first.Outputs.Select(name => second.Outputs.ToList().IndexOf(name))];
        return [.. cases.Select((c, i) =>
        {
            Results Original() => Try(() => watch.Run($"the original on inputs {i}", () => first.Run(c.Values)));
            Results expected = Original();
            Results actual = Try(() => watch.Run($"the other model on inputs {i}", () => second.Run(c.Values)));
            ComparedCase result = Compare(expected, actual, first.Outputs, order, c, tolerance) with { Unread = first.Unread };
            return result with { IsRandom = result.Difference is not null && Compare(expected, Original(), first.Outputs, [.. order.Order()], c, tolerance).Difference is not null };
        })];
    }

    private static OrtRun Read(string path, bool kernels) => new(File.ReadAllBytes(path), kernels, Path.GetDirectoryName(Path.GetFullPath(path)));

    private static OrtRun Open(Func<OrtRun> open, string place)
    {
        try
        {
            return open();
        }
        catch (Exception error) when (IsRefusal(error) || error is InvalidProtocolBufferException)
        {
            throw new TesseraException("TSR0953", place, $"ONNX Runtime cannot run the model: {error.Message.ReplaceLineEndings(" ")}", inner: error);
        }
    }

    // Outputs are those of one name, wherever they stand.
    private static ComparedCase Compare(Results first, Results second, IReadOnlyList<string> names, int[] order, InputCase inputs, Func<DType, double> tolerance)
    {
        if (first.Values is not { } expected || second.Values is not { } actual)
        {
            string refused = (first.Refused ?? second.Refused)!;
            return new ComparedCase(inputs.What, 0, first.Refused is null == second.Refused is null ? null : $"only one of them runs: {refused}", refused);
        }

        if (inputs.IsExtreme)
        {
            (expected, actual) = Overflows.LeaveOut(expected, actual, order);
        }

        Comparison comparison = Comparison.Of(expected, [.. order.Select(i => actual[i])], tolerance, names, Negligible);
        return new ComparedCase(inputs.What, comparison.Largest, comparison.Difference, null);
    }

    private static bool IsRefusal(Exception error) => error is OnnxRuntimeException or TesseraException { Code: "TSR0952" or "TSR0954" };

    private static Results Try(Func<IReadOnlyList<RefValue>> run)
    {
        try
        {
            return new Results(run(), null);
        }
        catch (Exception error) when (IsRefusal(error))
        {
            return new Results(null, error.Message.ReplaceLineEndings(" "));
        }
    }

    private readonly record struct Results(IReadOnlyList<RefValue>? Values, string? Refused);
}
