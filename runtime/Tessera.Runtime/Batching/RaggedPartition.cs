using System.Diagnostics.CodeAnalysis;

namespace Tessera.Runtime;

/// <summary>
/// How a batch of examples divides a ragged axis: example <c>i</c> has rows
/// <c>cu_seqlens[i] … cu_seqlens[i + 1]</c> of a packed <c>[tokens, …]</c> tensor.
/// </summary>
public sealed class RaggedPartition
{
    private readonly int[] _cuSeqlens;

    private RaggedPartition(string symbol, int[] cuSeqlens)
    {
        (Symbol, _cuSeqlens) = (symbol, cuSeqlens);
        MaxLength = Enumerable.Range(0, Count).Max(Length);
    }

    /// <summary>The model's name of the axis, as in <c>f32[n, 768]</c>.</summary>
    public string Symbol { get; }

    /// <summary>The running sums of the lengths, from 0: <c>int32[batch + 1]</c>.</summary>
    public ReadOnlyMemory<int> CuSeqlens => _cuSeqlens;

    /// <summary>The number of examples.</summary>
    public int Count => _cuSeqlens.Length - 1;

    /// <summary>The sum of the lengths.</summary>
    public int Tokens => _cuSeqlens[^1];

    /// <summary>The length of the longest example.</summary>
    public int MaxLength { get; }

    /// <summary>The number of rows of one example.</summary>
    public int Length(int example) => Start(example + 1) - Start(example);

    /// <summary>Where one example's rows lie in the packed tensor.</summary>
    public Range Rows(int example) => Start(example)..Start(example + 1);

    /// <summary>One example's rows of a packed tensor.</summary>
    /// <param name="packed">The elements of <c>[tokens, …]</c>, row-major.</param>
    /// <param name="example">Which example.</param>
    /// <exception cref="TesseraRuntimeException">TSR0737: the elements do not divide into <see cref="Tokens"/> rows.</exception>
    public Span<T> Slice<T>(Span<T> packed, int example)
    {
        var rowSize = RowSize(packed.Length);
        return packed.Slice(Start(example) * rowSize, Length(example) * rowSize);
    }

    /// <inheritdoc cref="Slice{T}(Span{T}, int)"/>
    public ReadOnlySpan<T> Slice<T>(ReadOnlySpan<T> packed, int example)
    {
        var rowSize = RowSize(packed.Length);
        return packed.Slice(Start(example) * rowSize, Length(example) * rowSize);
    }

    /// <summary>The partition of examples of these lengths; 0 is a length.</summary>
    /// <exception cref="TesseraRuntimeException">
    /// TSR0730: no example. TSR0732: the lengths add up to more than an <c>int32</c> holds. TSR0733: to more than
    /// <paramref name="tokenBudget"/>. TSR0734: a length is negative.
    /// </exception>
    public static RaggedPartition FromLengths(string symbol, ReadOnlySpan<int> lengths, int? tokenBudget = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        if (lengths.IsEmpty)
            throw BatchErrors.Empty(symbol);
        var sums = new int[lengths.Length + 1];
        long tokens = 0;
        for (var i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] < 0)
                throw BatchErrors.NegativeLength(symbol, i, lengths[i]);
            tokens += lengths[i];
            if (tokens > int.MaxValue)
                throw BatchErrors.TooManyTokens(symbol, i, tokens);
            sums[i + 1] = (int)tokens;
        }
        if (tokens > tokenBudget)
            throw BatchErrors.OverBudget(symbol, tokens, tokenBudget.Value);
        return new(symbol, sums);
    }

    /// <summary>A partition that a run returned: running sums from 0, never falling.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0730: fewer than two sums. TSR0735: the first is not 0, or one is less than that before it.</exception>
    public static RaggedPartition FromCuSeqlens(string symbol, ReadOnlySpan<int> cuSeqlens)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        if (cuSeqlens.Length < 2)
            throw BatchErrors.Empty(symbol);
        if (cuSeqlens[0] != 0)
            throw BatchErrors.BadCuSeqlens(symbol, 0, cuSeqlens[0], 0);
        for (var i = 1; i < cuSeqlens.Length; i++)
            if (cuSeqlens[i] < cuSeqlens[i - 1])
                throw BatchErrors.BadCuSeqlens(symbol, i, cuSeqlens[i], cuSeqlens[i - 1]);
        return new(symbol, cuSeqlens.ToArray());
    }

    /// <summary>Whether the two cut the axis at the same places, whatever their symbols.</summary>
    public bool SameLengths([NotNullWhen(true)] RaggedPartition? other)
        => other is not null && _cuSeqlens.AsSpan().SequenceEqual(other._cuSeqlens);

    public override string ToString() => $"{Symbol}: {Count} examples, {Tokens} tokens";

    private int Start(int boundary)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(boundary);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(boundary, Count);
        return _cuSeqlens[boundary];
    }

    private int RowSize(int elements)
    {
        if (Tokens == 0 && elements == 0)
            return 0;
        if (Tokens == 0 || elements % Tokens != 0)
            throw BatchErrors.RowsDoNotDivide(Symbol, elements, Tokens);
        return elements / Tokens;
    }
}
