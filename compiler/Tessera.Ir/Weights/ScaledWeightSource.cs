using System.Runtime.InteropServices;

namespace Tessera.Ir;

/// <summary>An f64 weight times one factor for each position along an axis: what is cast from it afterwards is rounded once.</summary>
public sealed class ScaledWeightSource : ElementWeightSource
{
    private readonly WeightSource _source;
    private readonly double[] _factors;
    private readonly long _inner;

    /// <exception cref="TesseraException">TSR0416: the source is not f64, or has another number of positions along the axis.</exception>
    public ScaledWeightSource(WeightSource source, int axis, IReadOnlyList<double> factors)
    {
        axis = WeightDims.Axis(source, axis);
        if (source.DType != DType.F64 || source.Dims[axis] != factors.Count)
        {
            throw new TesseraException("TSR0416", "", $"{factors.Count} factors do not fit axis {axis} of {WeightDims.Text(source)}; it must be f64 of as many positions.");
        }

        (_source, _factors) = (source, [.. factors]);
        _inner = source.Dims.Skip(axis + 1).Aggregate(1L, static (a, b) => a * b);
    }

    public override DType DType => DType.F64;

    public override IReadOnlyList<long> Dims => _source.Dims;

    /// <inheritdoc/>
    protected override void ReadElements(long first, Span<byte> destination)
    {
        _source.Read(first * sizeof(double), destination);
        Span<double> numbers = MemoryMarshal.Cast<byte, double>(destination);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] *= _factors[(first + i) / _inner % _factors.Length];
        }
    }
}
