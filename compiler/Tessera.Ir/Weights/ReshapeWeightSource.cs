namespace Tessera.Ir;

/// <summary>The same elements in the same order under other sizes.</summary>
public sealed class ReshapeWeightSource : WeightSource
{
    private readonly WeightSource _source;
    private readonly long[] _dims;

    public ReshapeWeightSource(WeightSource source, IReadOnlyList<long> dims)
    {
        _source = source;
        _dims = WeightDims.Checked(source.DType, dims);
        if (Count != source.Count)
        {
            throw new TesseraException("TSR0416", "",
                $"a weight {WeightDims.Text(source)} of {source.Count} elements cannot become {WeightDims.Text(this)} of {Count}.");
        }
    }

    public override DType DType => _source.DType;

    public override IReadOnlyList<long> Dims => _dims;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination) => _source.Read(offset, destination);
}
