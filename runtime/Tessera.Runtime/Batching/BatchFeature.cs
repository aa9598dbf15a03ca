namespace Tessera.Runtime;

/// <summary>One feature of a batch: for every example its elements, of the same row shape.</summary>
internal abstract class BatchFeature(string name, string? symbol, long[] rowDims)
{
    public string Name => name;

    /// <summary>The ragged axis in front of the row, or null for one row an example.</summary>
    public string? Symbol => symbol;

    /// <summary>The number of rows of each example: 1 where there is no ragged axis.</summary>
    public abstract int[] Lengths { get; }

    protected long[] RowDims => rowDims;

    /// <summary>All examples one after another: <c>[tokens, …row]</c>, or <c>[batch, …row]</c> without a ragged axis.</summary>
    public abstract TensorInput Pack();

    /// <summary>Every example padded by default values: <c>[batch, length, …row]</c>.</summary>
    public abstract TensorInput Pad(int length);
}

/// <inheritdoc cref="BatchFeature"/>
internal sealed class BatchFeature<T> : BatchFeature
    where T : unmanaged
{
    private readonly ReadOnlyMemory<T>[] _examples;
    private readonly int _rowSize;

    public BatchFeature(string name, string? symbol, ReadOnlyMemory<T>[] examples, long[] rowDims)
        : base(name, symbol, rowDims)
    {
        _examples = examples;
        if (rowDims.AsSpan().ContainsAnyInRange(long.MinValue, -1))
            throw RuntimeErrors.NegativeSize($"feature '{name}'", rowDims);
        var rowSize = Shapes.Count(rowDims);
        if (rowSize < 0 || rowSize > Array.MaxLength)
            throw BatchErrors.TooManyElements(name, rowSize);
        _rowSize = (int)rowSize;
        Lengths = [.. examples.Select((example, index) => Rows(index, example.Length))];
    }

    public override int[] Lengths { get; }

    public override TensorInput Pack()
    {
        var rows = Lengths.Sum(length => (long)length);
        var packed = Allocate(rows);
        var at = 0;
        foreach (var example in _examples)
        {
            example.Span.CopyTo(packed.AsSpan(at));
            at += example.Length;
        }
        return TensorInput.From(Name, packed, [rows, .. RowDims]);
    }

    public override TensorInput Pad(int length)
    {
        var padded = Allocate((long)_examples.Length * length);
        for (var i = 0; i < _examples.Length; i++)
            _examples[i].Span.CopyTo(padded.AsSpan(i * length * _rowSize));
        return TensorInput.From(Name, padded, [_examples.Length, length, .. RowDims]);
    }

    private T[] Allocate(long rows)
    {
        var elements = rows * _rowSize;
        return elements <= Array.MaxLength ? new T[elements] : throw BatchErrors.TooManyElements(Name, elements);
    }

    private int Rows(int example, int elements)
    {
        var whole = _rowSize == 0 ? elements == 0 : elements % _rowSize == 0;
        var rows = _rowSize == 0 ? 0 : elements / _rowSize;
        if (!whole || (Symbol is null && rows != 1 && _rowSize != 0))
            throw BatchErrors.ElementsDoNotDivide(Name, example, elements, _rowSize, RowDims);
        return Symbol is null ? 1 : rows;
    }
}
