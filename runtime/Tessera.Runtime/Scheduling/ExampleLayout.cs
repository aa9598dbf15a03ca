using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Runtime;

/// <summary>
/// How examples lie in a packed model's inputs and outputs: one after another along the tokens of a ragged symbol, or one row an example.
/// </summary>
internal sealed class ExampleLayout
{
    private const string Prefix = "cu_seqlens_";

    // Of the symbol n there are total_n tokens in a batch.
    private const string Total = "total_";

    private readonly string _batch;

    /// <exception cref="TesseraRuntimeException">TSR0741: the model is not packed, or does not tell where examples lie.</exception>
    public ExampleLayout(IReadOnlyList<TensorSpec> inputs, IReadOnlyList<TensorSpec> outputs)
    {
        TensorSpec[] offsets = [.. inputs.Where(IsOffsets)];
        if (offsets is not [var first, ..])
            throw SchedulerErrors.NotPacked("it has no input 'cu_seqlens_…'", "Compile it with Batching.Packed.");
        if (inputs.Concat(outputs).FirstOrDefault(spec => IsOffsets(spec) && (spec.ElementType != TensorElementType.Int32 || spec.Dims.Count != 1)) is { } other)
            throw SchedulerErrors.NotPacked($"'{other}' are no offsets, which are i32[batch + 1]", "Compile the model with Batching.Packed.");
        _batch = BatchOf(first);
        Symbols = [.. offsets.Select(spec => spec.Name[Prefix.Length..])];
        Inputs = [.. inputs.Where(spec => !IsOffsets(spec) && !spec.IsOptional).Select(PlaceOfInput)];
        if (Array.Find(Symbols, symbol => !Inputs.Any(input => input.Symbol == symbol)) is { } missing)
            throw SchedulerErrors.NotPacked($"no input has '{missing}' as its first axis, which would tell the lengths of examples", "Give the model such an input.");
        Outputs = [.. outputs.Where(spec => !IsOffsets(spec)).Select(spec => PlaceOfResult(spec, outputs))];
    }

    /// <summary>The ragged symbols, in the order of their inputs.</summary>
    public string[] Symbols { get; }

    /// <summary>The inputs that an example brings.</summary>
    public IReadOnlyList<ExamplePlace> Inputs { get; }

    /// <summary>The outputs that an example gets.</summary>
    public IReadOnlyList<ExamplePlace> Outputs { get; }

    /// <summary>Whether two examples differ in nothing but their tokens, so that they can lie one behind the other.</summary>
    public bool AreAlike(TensorInput[] a, TensorInput[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            var from = Inputs[i].Symbol is null ? 0 : 1;
            if (!a[i].Dims[from..].SequenceEqual(b[i].Dims[from..]))
                return false;
        }
        return true;
    }

    /// <summary>Name of the input that holds the offsets of a symbol.</summary>
    public static string Offsets(string symbol) => Prefix + symbol;

    private static bool IsOffsets(TensorSpec spec) => spec.Name.StartsWith(Prefix, StringComparison.Ordinal);

    // Offsets are i32[batch + 1], whatever the model calls its batch.
    private static string BatchOf(TensorSpec offsets)
        => offsets.Dims is [{ Symbol: { } size }] && size.EndsWith(" + 1", StringComparison.Ordinal) ? size[..^4] : "batch";

    // Rows that no symbol counts could be too many for one example, and be taken for the next one's.
    private ExamplePlace PlaceOfInput(TensorSpec spec) => Place(spec) is var place && (place.Symbol is null || Symbols.Contains(place.Symbol))
        ? place
        : throw SchedulerErrors.NotPacked($"'{spec}' does not tell which of its rows are whose", "Its first axis is the tokens of a ragged symbol, or the examples.");

    private ExamplePlace PlaceOfResult(TensorSpec spec, IReadOnlyList<TensorSpec> outputs)
    {
        var place = Place(spec);
        if (outputs.Any(other => other.Name == Offsets(spec.Name)))
            return place with { Offsets = Offsets(spec.Name) };
        return place.Symbol is null || Symbols.Contains(place.Symbol) ? place
            : throw SchedulerErrors.NotPacked($"'{spec}' does not tell which of its rows are whose", $"Give the model an output '{Offsets(spec.Name)}'.");
    }

    private ExamplePlace Place(TensorSpec spec)
    {
        if (!spec.IsTensor || spec.ElementType == TensorElementType.String)
            throw SchedulerErrors.NotPacked($"'{spec}' is no tensor of numbers", "Strings and sequences are not batched.");
        if (spec.Dims is not [{ Symbol: { } axis }, ..])
            throw SchedulerErrors.NotPacked($"the first axis of '{spec}' is neither tokens nor examples", "Compile the model with Batching.Packed.");
        return new(spec, axis == _batch ? null : axis.StartsWith(Total, StringComparison.Ordinal) ? axis[Total.Length..] : axis);
    }
}
