namespace Tessera.Runtime;

/// <summary>Finds sizes that a caller did not tell: from the number of elements, what the model declares, and the sizes of the other inputs.</summary>
internal sealed class OpenSizes
{
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);

    /// <summary>Takes the sizes of one tensor as known.</summary>
    public void Learn(TensorSpec spec, ReadOnlySpan<long> dims)
    {
        for (var axis = 0; axis < Math.Min(dims.Length, spec.Dims.Count); axis++)
            if (spec.Dims[axis].Symbol is { } symbol)
                _known.TryAdd(symbol, dims[axis]);
    }

    /// <summary>The sizes of a tensor of that many elements, or null while more than one of them is not known.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0746: the number of elements contradicts the other sizes.</exception>
    public long[]? Find(TensorSpec spec, long count)
    {
        if (spec.Dims.Count == 0)
            return count == 1 ? [] : null;
        var dims = new long[spec.Dims.Count];
        var open = -1;
        for (var axis = 0; axis < dims.Length; axis++)
        {
            if (SizeOf(spec.Dims[axis]) is { } size)
                dims[axis] = size;
            else if (open >= 0)
                return null;
            else
                (open, dims[axis]) = (axis, 1);
        }

        if (open < 0)
            return Shapes.Count(dims) == count ? dims : throw RuntimeErrors.SizesContradict(spec, count, dims);
        var others = Shapes.Count(dims);
        if (others == 0)
            return null;
        if (others < 0 || count % others != 0)
            throw RuntimeErrors.SizesDoNotDivide(spec, count, others);
        dims[open] = count / others;
        return dims;
    }

    private long? SizeOf(DimSpec dim)
    {
        if (dim.Size is not null || dim.Symbol is null)
            return dim.Size;
        return _known.TryGetValue(dim.Symbol, out var size) ? size : Computed(dim.Symbol);
    }

    // A size may be written as a sum or product of others: batch + 1.
    private long? Computed(string text)
    {
        try
        {
            SizeReader reader = new(text);
            SizeFormula formula = reader.Sum();
            return reader.AtEnd && reader.Symbols.Count > 0 && reader.Symbols.All(_known.ContainsKey) ? (long)formula(s => _known[s]) : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            // A name of a model of others, which may be any text.
            return null;
        }
    }
}
