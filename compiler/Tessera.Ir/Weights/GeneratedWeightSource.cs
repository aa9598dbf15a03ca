namespace Tessera.Ir;

/// <summary>A weight computed from the index of each element, and so held nowhere.</summary>
public sealed class GeneratedWeightSource : ElementWeightSource
{
    private readonly long[] _dims;
    private readonly WeightGenerator _generate;

    /// <param name="dtype">What the generated doubles are rounded to.</param>
    /// <param name="dims">Sizes of the axes, outermost first.</param>
    /// <param name="generate">Must use IEEE-exact operations only, so that bytes are equal on every machine.</param>
    public GeneratedWeightSource(DType dtype, IReadOnlyList<long> dims, WeightGenerator generate)
    {
        if (!ElementCast.IsSupported(dtype)) throw ElementCast.Unsupported(dtype);
        _dims = WeightDims.Checked(dtype, dims);
        (DType, _generate) = (dtype, generate);
    }

    public override DType DType { get; }

    public override IReadOnlyList<long> Dims => _dims;

    /// <inheritdoc/>
    protected override void ReadElements(long first, Span<byte> destination)
    {
        const int Block = 512;
        var size = DType.Bits() / 8;
        Span<double> values = stackalloc double[Block];
        while (destination.Length > 0)
        {
            var count = Math.Min(Block, destination.Length / size);
            _generate(first, values[..count]);
            ElementCast.FromDoubles(values[..count], DType, destination[..(count * size)]);
            destination = destination[(count * size)..];
            first += count;
        }
    }
}
