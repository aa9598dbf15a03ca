using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Tessera.Runtime;

/// <summary>
/// Checks the numbers that say where examples begin and end in a batch, which are inputs like any other to ONNX Runtime:
/// wrong ones give it memory to exhaust, or results of the wrong tokens.
/// </summary>
internal static class RaggedChecker
{
    /// <summary>Metadata that every model of Tessera's carries; only there do these names have a meaning.</summary>
    public const string Mark = "ai.tessera.sha256";

    private const string Offsets = "cu_seqlens_";
    private const string Lengths = "lengths_";

    /// <param name="inputs">The run's inputs, their types and shapes already checked.</param>
    /// <param name="symbols">Size of each symbol in this run.</param>
    /// <param name="rules">What the model requires of sizes.</param>
    /// <exception cref="TesseraRuntimeException">TSR0729: a size breaks a rule of the model. TSR0735: offsets do not rise from 0. TSR0727: they end elsewhere than the tokens. TSR0728: a length leaves its axis.</exception>
    public static void Check(ReadOnlySpan<TensorInput> inputs, Dictionary<string, (long Size, string Input)> symbols, SizeRules rules)
    {
        rules.Check(symbols);
        foreach (var input in inputs)
        {
            if (input.Name.StartsWith(Offsets, StringComparison.Ordinal))
                CheckOffsets(input, input.Name[Offsets.Length..], symbols);
            else if (input.Name.StartsWith(Lengths, StringComparison.Ordinal))
                CheckLengths(input, input.Name[Lengths.Length..], symbols);
        }

        if (rules.LookAtExamples)
            rules.CheckExamples(symbols, ExampleLengths(inputs));
    }

    private static Dictionary<string, int[]> ExampleLengths(ReadOnlySpan<TensorInput> inputs)
    {
        Dictionary<string, int[]> lengths = [];
        foreach (var input in inputs)
        {
            if (input.Name.StartsWith(Offsets, StringComparison.Ordinal) && TryRead(input, out var cu))
                lengths[input.Name[Offsets.Length..]] = Differences(cu);
            else if (input.Name.StartsWith(Lengths, StringComparison.Ordinal) && TryRead(input, out var own))
                lengths[input.Name[Lengths.Length..]] = own.ToArray();
        }

        return lengths;
    }

    private static int[] Differences(ReadOnlySpan<int> cu)
    {
        var lengths = new int[cu.Length - 1];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = cu[i + 1] - cu[i];
        return lengths;
    }

    private static void CheckOffsets(TensorInput input, string symbol, Dictionary<string, (long Size, string Input)> symbols)
    {
        if (!TryRead(input, out var cu))
            return;
        if (cu.IsEmpty)
            throw RuntimeErrors.NoOffsets(input.Name);
        if (cu[0] != 0)
            throw BatchErrors.BadCuSeqlens(symbol, 0, cu[0], 0);
        for (var i = 1; i < cu.Length; i++)
        {
            if (cu[i] < cu[i - 1])
                throw BatchErrors.BadCuSeqlens(symbol, i, cu[i], cu[i - 1]);
        }

        if (symbols.TryGetValue($"total_{symbol}", out var tokens) && cu[^1] != tokens.Size)
            throw RuntimeErrors.OffsetsEndElsewhere(input.Name, cu[^1], tokens.Input, tokens.Size);
        if (symbols.TryGetValue("batch", out var batch) && cu.Length - 1 != batch.Size)
            throw RuntimeErrors.ExamplesDiffer(input.Name, cu.Length - 1, batch.Input, batch.Size);
    }

    private static void CheckLengths(TensorInput input, string symbol, Dictionary<string, (long Size, string Input)> symbols)
    {
        if (!TryRead(input, out var lengths) || !symbols.TryGetValue(symbol, out var longest))
            return;
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 0 || lengths[i] > longest.Size)
                throw RuntimeErrors.LengthOutside(input.Name, i, lengths[i], longest.Input, longest.Size);
        }
    }

    // What lies in the memory of a device is left to the kernels there.
    private static bool TryRead(TensorInput input, out ReadOnlySpan<int> numbers)
    {
        numbers = input.Payload switch
        {
            TensorBuffer buffer => MemoryMarshal.Cast<byte, int>(buffer.Bytes),
            OrtValue value when value.GetTensorMemoryInfo().Name == OrtMemoryInfo.DefaultInstance.Name => value.GetTensorDataAsSpan<int>(),
            _ => default,
        };
        return input.Payload is TensorBuffer || !numbers.IsEmpty;
    }
}
