namespace Tessera.Runtime;

/// <summary>
/// Collects the features of a batch of examples, then builds it packed (no padding anywhere) or padded to the
/// longest. Nothing is copied before that.
/// </summary>
/// <example><code>
/// var batch = new BatchBuilder()
///     .AddTokens("patches", "n", patches, 768)    // per image f32[n, 768]
///     .AddTokens("positions", "n", positions, 2)  // per image i32[n, 2]
///     .Pack();
/// using var result = session.Run(batch.Inputs);
/// </code></example>
public sealed class BatchBuilder
{
    private readonly List<BatchFeature> _features = [];

    /// <summary>Adds a feature with a ragged axis: per example a <c>[symbol, …row]</c> of any length, 0 included.</summary>
    /// <param name="input">The model's input.</param>
    /// <param name="symbol">The model's name of the ragged axis; features of one symbol have the same lengths.</param>
    /// <param name="examples">Each example's elements, row-major.</param>
    /// <param name="rowDims">The sizes behind the ragged axis; none for one element a token.</param>
    /// <exception cref="TesseraRuntimeException">
    /// TSR0718: a negative size. TSR0730: no example. TSR0731: an example has no whole number of rows, or another
    /// number than in an earlier feature of this symbol. TSR0736: another number of examples than an earlier feature.
    /// TSR0738: the input has a feature already. TSR0740: an example is null.
    /// </exception>
    public BatchBuilder AddTokens<T>(string input, string symbol, IEnumerable<ReadOnlyMemory<T>> examples, params ReadOnlySpan<long> rowDims)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        return Add(input, symbol, examples, rowDims);
    }

    /// <inheritdoc cref="AddTokens{T}(string, string, IEnumerable{ReadOnlyMemory{T}}, ReadOnlySpan{long})"/>
    public BatchBuilder AddTokens<T>(string input, string symbol, IEnumerable<T[]> examples, params ReadOnlySpan<long> rowDims)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(examples);
        return AddTokens(input, symbol, Memories(input, examples), rowDims);
    }

    /// <summary>Adds a feature without a ragged axis: one row an example, <c>[batch, …row]</c> in both forms.</summary>
    /// <inheritdoc cref="AddTokens{T}(string, string, IEnumerable{ReadOnlyMemory{T}}, ReadOnlySpan{long})"/>
    public BatchBuilder AddRows<T>(string input, IEnumerable<ReadOnlyMemory<T>> examples, params ReadOnlySpan<long> rowDims)
        where T : unmanaged
        => Add(input, null, examples, rowDims);

    /// <inheritdoc cref="AddRows{T}(string, IEnumerable{ReadOnlyMemory{T}}, ReadOnlySpan{long})"/>
    public BatchBuilder AddRows<T>(string input, IEnumerable<T[]> examples, params ReadOnlySpan<long> rowDims)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(examples);
        return AddRows(input, Memories(input, examples), rowDims);
    }

    /// <summary>The batch without padding: <c>[tokens, …row]</c> each, and <c>cu_seqlens_SYMBOL: i32[batch + 1]</c>.</summary>
    /// <param name="tokenBudget">The most tokens that any of its symbols may have; null for no limit.</param>
    /// <exception cref="TesseraRuntimeException">TSR0730: no feature. TSR0732: more tokens or elements than fit. TSR0733: more tokens than the budget.</exception>
    public PackedBatch Pack(int? tokenBudget = null)
    {
        var partitions = Partitions(tokenBudget);
        return new(_features[0].Lengths.Length, [.. _features.Select(feature => feature.Pack())], partitions);
    }

    /// <summary>The batch padded to its longest example: <c>[batch, longest, …row]</c> each, and <c>lengths_SYMBOL: i32[batch]</c>.</summary>
    /// <exception cref="TesseraRuntimeException">TSR0730: no feature. TSR0732: more tokens or elements than fit.</exception>
    public PaddedBatch Pad()
    {
        var partitions = Partitions(tokenBudget: null);
        var longest = partitions.ToDictionary(partition => partition.Symbol, partition => partition.MaxLength);
        return new(_features[0].Lengths.Length, [.. _features.Select(feature => feature.Symbol is { } symbol ? feature.Pad(longest[symbol]) : feature.Pack())], partitions);
    }

    // A null array would become an example without tokens, which is a different thing.
    private static IEnumerable<ReadOnlyMemory<T>> Memories<T>(string input, IEnumerable<T[]> examples)
        => examples.Select((example, index) => (ReadOnlyMemory<T>)(example ?? throw BatchErrors.NullExample(input, index)));

    private BatchBuilder Add<T>(string input, string? symbol, IEnumerable<ReadOnlyMemory<T>> examples, ReadOnlySpan<long> rowDims)
        where T : unmanaged
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentNullException.ThrowIfNull(examples);
        if (_features.Exists(earlier => earlier.Name == input))
            throw BatchErrors.DuplicateFeature(input);
        var feature = new BatchFeature<T>(input, symbol, [.. examples], rowDims.ToArray());
        CheckAgainstEarlier(feature);
        _features.Add(feature);
        return this;
    }

    private void CheckAgainstEarlier(BatchFeature feature)
    {
        var lengths = feature.Lengths;
        if (lengths.Length == 0)
            throw BatchErrors.Empty(feature.Symbol ?? feature.Name);
        if (_features is [var first, ..] && first.Lengths.Length != lengths.Length)
            throw BatchErrors.CountsDiffer(feature.Name, lengths.Length, first.Name, first.Lengths.Length);
        if (feature.Symbol is null || _features.Find(earlier => earlier.Symbol == feature.Symbol) is not { } other)
            return;
        for (var i = 0; i < lengths.Length; i++)
            if (lengths[i] != other.Lengths[i])
                throw BatchErrors.LengthsDiffer(feature.Name, feature.Symbol, i, lengths[i], other.Name, other.Lengths[i]);
    }

    private RaggedPartition[] Partitions(int? tokenBudget)
    {
        if (_features.Count == 0)
            throw BatchErrors.NoFeatures();
        return
        [
            .. _features.Where(feature => feature.Symbol is not null).DistinctBy(feature => feature.Symbol)
                .Select(feature => RaggedPartition.FromLengths(feature.Symbol!, feature.Lengths, tokenBudget)),
        ];
    }
}
