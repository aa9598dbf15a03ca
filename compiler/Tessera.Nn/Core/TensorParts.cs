using System.Collections;
using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>Several tensors that deconstruct into as many variables.</summary>
public sealed class TensorParts(IReadOnlyList<Tensor> parts) : IReadOnlyList<Tensor>
{
    public int Count => parts.Count;

    public Tensor this[int index] => parts[index];

    /// <exception cref="TesseraException">TSR0613: there are more parts, or fewer.</exception>
    public void Deconstruct(out Tensor first, out Tensor second)
    {
        RequireCount(2);
        (first, second) = (parts[0], parts[1]);
    }

    /// <exception cref="TesseraException">TSR0613: there are more parts, or fewer.</exception>
    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third)
    {
        RequireCount(3);
        (first, second, third) = (parts[0], parts[1], parts[2]);
    }

    public IEnumerator<Tensor> GetEnumerator() => parts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void RequireCount(int variables)
    {
        if (Count != variables)
        {
            SourceLocation place = Count == 0 ? SourceLocation.None : parts[0].Value.Source;
            throw new TesseraException("TSR0613", place, $"there are {Count} parts for {variables} variables.", "Take single parts by index.");
        }
    }
}
