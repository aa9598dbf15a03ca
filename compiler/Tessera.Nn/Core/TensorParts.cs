using System.Collections;

namespace Tessera.Nn;

/// <summary>Several tensors that deconstruct into variables.</summary>
public sealed class TensorParts(IReadOnlyList<Tensor> parts) : IReadOnlyList<Tensor>
{
    public int Count => parts.Count;

    public Tensor this[int index] => parts[index];

    public void Deconstruct(out Tensor first, out Tensor second) => (first, second) = (parts[0], parts[1]);

    public void Deconstruct(out Tensor first, out Tensor second, out Tensor third) => (first, second, third) = (parts[0], parts[1], parts[2]);

    public IEnumerator<Tensor> GetEnumerator() => parts.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
