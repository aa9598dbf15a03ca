namespace Tessera.Runtime;

/// <summary>Puts examples together for a run, and gives each its own part of the results.</summary>
internal sealed class ExampleBatch
{
    private readonly ExampleLayout _layout;
    private readonly IReadOnlyList<ScheduledExample> _examples;
    private readonly RaggedPartition[] _partitions;

    public ExampleBatch(ExampleLayout layout, IReadOnlyList<ScheduledExample> examples)
    {
        (_layout, _examples) = (layout, examples);
        _partitions =
        [
            .. layout.Symbols.Select((symbol, s) => RaggedPartition.FromLengths(symbol, [.. examples.Select(example => example.Lengths[s])])),
        ];
    }

    /// <summary>Tokens of all symbols together.</summary>
    public long Tokens => _partitions.Sum(static partition => (long)partition.Tokens);

    /// <summary>What the run takes: the examples' inputs one after another, then the offsets.</summary>
    public TensorInput[] Inputs() =>
    [
        .. _layout.Inputs.Select((place, i) => Joined(place, i)),
        .. _partitions.Select(static p => TensorInput.From(ExampleLayout.Offsets(p.Symbol), p.CuSeqlens, p.Count + 1)),
    ];

    /// <summary>The results of each example, copied out of those of the run.</summary>
    public IReadOnlyList<RunResult> Split(RunResult all)
    {
        RunResult[] results = [.. _examples.Select(static _ => new RunResult())];
        foreach (var place in _layout.Outputs)
        {
            var output = all[place.Spec.Name];
            var cuts = Cuts(place, all);
            if (output.Dims.IsEmpty || output.Dims[0] != cuts[^1])
                throw BatchErrors.FirstAxisDiffers(output.Name, output.Dims, cuts[^1], "as many as the examples have");
            var bytes = output.Bytes;
            var row = cuts[^1] == 0 ? 0 : bytes.Length / cuts[^1];
            for (var i = 0; i < results.Length; i++)
            {
                var own = bytes[(cuts[i] * row)..(cuts[i + 1] * row)].ToArray();
                long[] dims = place.Symbol is null && place.Offsets is null
                    ? output.Dims[1..].ToArray()
                    : [cuts[i + 1] - cuts[i], .. output.Dims[1..]];
                results[i].Add(new(results[i], output.Name, new TensorBuffer<byte>(own), output.ElementType, dims));
            }
        }
        return results;
    }

    private TensorInput Joined(ExamplePlace place, int input)
    {
        long bytes = 0, rows = 0;
        foreach (var example in _examples)
        {
            bytes += example.Inputs[input].Bytes.Length;
            rows += place.Symbol is null ? 1 : example.Inputs[input].Dims[0];
        }
        if (bytes > Array.MaxLength)
            throw BatchErrors.TooManyElements(place.Spec.Name, bytes);
        var all = new byte[bytes];
        var at = 0;
        foreach (var example in _examples)
        {
            var own = example.Inputs[input].Bytes;
            own.CopyTo(all.AsSpan(at));
            at += own.Length;
        }
        var first = _examples[0].Inputs[input];
        return TensorInput.Raw(first.Name, all, first.ElementType, [rows, .. place.Symbol is null ? first.Dims : first.Dims[1..]]);
    }

    // Where each example's rows begin, and the last one's end.
    private int[] Cuts(ExamplePlace place, RunResult all)
    {
        if (place.Offsets is { } own)
        {
            var cut = RaggedPartition.FromCuSeqlens(own, all[own].AsSpan<int>());
            return cut.Count == _examples.Count ? cut.CuSeqlens.ToArray() : throw BatchErrors.CountsDiffer(own, cut.Count, "the batch", _examples.Count);
        }
        return place.Symbol is null
            ? [.. Enumerable.Range(0, _examples.Count + 1)]
            : Array.Find(_partitions, partition => partition.Symbol == place.Symbol)!.CuSeqlens.ToArray();
    }
}
