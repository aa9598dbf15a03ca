namespace Tessera.Runtime;

/// <summary>An output of a run with its element type. Valid until the outputs are disposed.</summary>
/// <typeparam name="T">The element type.</typeparam>
public readonly struct SessionOutput<T>
    where T : unmanaged
{
    internal SessionOutput(TensorOutput output) => Output = output;

    /// <summary>The output as the model has it, without a type.</summary>
    public TensorOutput Output { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Dims => Output.Dims;

    /// <summary>The number of elements.</summary>
    public int Count => Span.Length;

    /// <summary>The elements, row-major, without a copy.</summary>
    /// <exception cref="ObjectDisposedException">The outputs are disposed.</exception>
    public Span<T> Span => Output.AsSpan<T>();

    /// <summary>The element of that row-major place.</summary>
    public T this[int index] => Span[index];

    /// <summary>A copy, which outlives the outputs.</summary>
    public T[] ToArray() => Span.ToArray();

    /// <summary>As in <c>logits: f32[2, 10]</c>.</summary>
    public override string ToString() => Output.ToString();
}
