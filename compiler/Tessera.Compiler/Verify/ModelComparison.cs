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
public sealed record ComparedCase(string Inputs, double Largest, string? Difference, string? Refused);

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

    /// <param name="original">Bytes of one model.</param>
    /// <param name="other">Bytes of the other.</param>
    /// <param name="cases">What they are run on.</param>
    /// <param name="tolerance">Largest |Δ| over the largest element, by element type.</param>
    public static IReadOnlyList<ComparedCase> Run(byte[] original, byte[] other, IReadOnlyList<InputCase> cases, Func<DType, double> tolerance)
    {
        ArgumentNullException.ThrowIfNull(cases);
        using OrtRun first = new(original);
        using OrtRun second = new(other, kernels: true);
        return [.. cases.Select(c => Compare(first, second, c, tolerance))];
    }

    private static ComparedCase Compare(OrtRun first, OrtRun second, InputCase inputs, Func<DType, double> tolerance)
    {
        (IReadOnlyList<RefValue>? expected, string? refused) = Try(first, inputs);
        (IReadOnlyList<RefValue>? actual, string? refusedToo) = Try(second, inputs);
        if (expected is null || actual is null)
        {
            return new ComparedCase(inputs.What, 0, expected is null == actual is null ? null : $"only one of them runs: {refused ?? refusedToo}", refused ?? refusedToo);
        }

        Comparison comparison = Comparison.Of(expected, actual, tolerance, first.Outputs, Negligible);
        return new ComparedCase(inputs.What, comparison.Largest, comparison.Difference, null);
    }

    private static (IReadOnlyList<RefValue>? Results, string? Refused) Try(OrtRun run, InputCase inputs)
    {
        try
        {
            return (run.Run(inputs.Values), null);
        }
        catch (Exception error) when (error is OnnxRuntimeException or TesseraException { Code: "TSR0952" })
        {
            return (null, error.Message.ReplaceLineEndings(" "));
        }
    }
}
