using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Arithmetic. A C# number takes the tensor's element type.</content>
public sealed partial class Tensor
{
    public static Tensor operator +(Tensor a, Tensor b) => a.Emit(_ => new Add(a.Value, b.Value));

    public static Tensor operator *(Tensor a, Tensor b) => a.Emit(_ => new Mul(a.Value, b.Value));

    public static Tensor operator +(Tensor a, double b) => a + a.Scalar(b);

    public static Tensor operator *(Tensor a, double b) => a * a.Scalar(b);

    /// <summary>A constant of this tensor's element type.</summary>
    public Tensor Scalar(double value) => Tracer.Build(g => DType.IsFloat() ? g.Float(DType, value) : g.Int(DType, (long)value));

    /// <summary>Matrix product over the last two axes.</summary>
    public Tensor MatMul(Tensor other) => Emit(_ => new MatMul(Value, other.Value));

    /// <summary>The same elements under another shape.</summary>
    public Tensor Reshape(Shape shape) => Emit(_ => new Reshape(Value) { Shape = shape });

    /// <summary>Axes in another order; without arguments the last two are swapped.</summary>
    public Tensor Transpose(params ReadOnlySpan<long> perm)
    {
        EquatableArray<long> order = perm.IsEmpty
            ? [.. Enumerable.Range(0, Rank - 2).Select(static a => (long)a), Rank - 1, Rank - 2]
            : EquatableArray.Create(perm);
        return Emit(_ => new Transpose(Value) { Perm = order });
    }
}
