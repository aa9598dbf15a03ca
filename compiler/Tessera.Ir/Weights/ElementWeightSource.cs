namespace Tessera.Ir;

/// <summary>A source that is made element by element; ranges that cut an element are handled here.</summary>
public abstract class ElementWeightSource : WeightSource
{
    private const int LargestElement = 16;

    /// <summary>Fills <paramref name="destination"/>, a whole number of elements, with those from index <paramref name="first"/>.</summary>
    protected abstract void ReadElements(long first, Span<byte> destination);

    /// <inheritdoc/>
    public sealed override void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination);
        var size = DType.Bits() / 8;
        var cut = (int)(offset % size);
        if (cut > 0)
        {
            var head = Math.Min(size - cut, destination.Length);
            ReadPart(offset / size, cut, destination[..head]);
            destination = destination[head..];
            offset += head;
        }

        var whole = destination.Length / size * size;
        if (whole > 0) ReadElements(offset / size, destination[..whole]);
        if (whole < destination.Length) ReadPart((offset + whole) / size, 0, destination[whole..]);
    }

    private void ReadPart(long index, int from, Span<byte> destination)
    {
        if (destination.Length == 0) return;
        Span<byte> element = stackalloc byte[LargestElement];
        element = element[..(DType.Bits() / 8)];
        ReadElements(index, element);
        element.Slice(from, destination.Length).CopyTo(destination);
    }
}
