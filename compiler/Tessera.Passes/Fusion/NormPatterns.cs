using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Tessera.Passes.Canonicalize;

namespace Tessera.Passes.Fusion;

/// <summary>The parts that spelled-out norms share.</summary>
internal static class NormPatterns
{
    /// <summary>
    /// The ways to read a value as <c>y / √s · g</c>, the gain g perhaps absent: divided by the root or multiplied by its
    /// inverse, the gain taken in before or after.
    /// </summary>
    public static IEnumerable<OverRoot> OverRoots(Value value)
    {
        IEnumerable<OverRoot> plain = value.Op switch
        {
            Div { A: var y, B: var r } when Root(r) is { } s => [new(y, s, null)],
            Mul mul => Inverse(mul.A, mul.B).Concat(Inverse(mul.B, mul.A)),
            _ => [],
        };
        return plain.SelectMany(static p => p is { Gain: null, Y.Op: Mul scaled }
            ? [p, p with { Y = scaled.A, Gain = scaled.B }, p with { Y = scaled.B, Gain = scaled.A }]
            : new[] { p });
    }

    /// <summary>Whether s is <c>v + ε</c> for a number ε ≥ 0 that an attribute can hold: gives v and ε.</summary>
    public static (Value V, double Epsilon)? PlusEpsilon(Value s) =>
        s.Op is Add { A: var v, B: { Rank: 0 } constant } && Constants.IsSplat(constant, out double epsilon) && epsilon >= 0
            && (epsilon == 0 || Products.IsAttribute(epsilon, s.DType)) ? (v, epsilon) : null;

    /// <summary>What a value is the mean of, over the axes from <c>Axis</c> on, all kept; null where it is no such mean.</summary>
    public static (Value Of, int Axis)? Mean(Value value)
    {
        if (value.Op is not ReduceMean { KeepDims: true, X: var x } mean)
        {
            return null;
        }

        int[] axes = mean.Axes.Count == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. mean.Axes.Select(a => (int)(a < 0 ? a + x.Rank : a)).Order()];
        return axes.Length > 0 && axes.SequenceEqual(Enumerable.Range(x.Rank - axes.Length, axes.Length)) ? (x, axes[0]) : null;
    }

    /// <summary>What a value is the mean square of, as <see cref="Mean"/>. Canonical form writes a square as a product.</summary>
    public static (Value Of, int Axis)? MeanSquare(Value value) =>
        Mean(value) is ({ Op: Mul square }, var axis) && ReferenceEquals(square.A, square.B) ? (square.A, axis) : null;

    /// <summary>A norm without gain over the axes from <paramref name="axis"/> on: where they are several, over one that holds them all.</summary>
    public static Value Emit(Value x, int axis, Func<Value, Value, Op> norm, RewriteContext context)
    {
        if (axis == x.Rank - 1)
        {
            return context.Emit(norm(x, Ones(x.DType, x.Shape[axis], context)));
        }

        Dim features = Dim.Product(x.Shape.Skip(axis));
        Value flat = context.Emit(new Reshape(x) { Shape = [.. x.Shape.Take(axis), features] });
        return context.Emit(new Reshape(context.Emit(norm(flat, Ones(x.DType, features, context)))) { Shape = x.Shape });
    }

    /// <summary>The norm that a value is, and the sizes of its features: several where the last axis was split behind it.</summary>
    public static (Value Norm, Shape Features)? Norm(Value value, RewriteContext context)
    {
        if (IsNorm(value))
        {
            return (value, [value.Shape[value.Rank - 1]]);
        }

        if (value.Op is not Reshape { X: var norm, Shape: var shape } || !IsNorm(norm))
        {
            return null;
        }

        int lead = norm.Rank - 1;
        return shape.Rank > lead && context.Equal(shape.Slice(0, lead), norm.Shape.Slice(0, lead)) ? (norm, shape.Slice(lead, shape.Rank - lead)) : null;
    }

    /// <summary>The norm with other gains, under the shape of what it stands for.</summary>
    public static Value Emit(Op norm, Value standsFor, RewriteContext context)
    {
        Value value = context.Emit(norm);
        return standsFor.Op is Reshape ? context.Emit(new Reshape(value) { Shape = standsFor.Shape }) : value;
    }

    /// <summary>A value that has one number for each feature, as the vector a norm takes; null where it is none.</summary>
    public static Value? Gain(Value gain, Value normal, Shape features, RewriteContext context)
    {
        int extra = gain.Rank - features.Rank;
        bool fits = extra >= 0 && gain.Rank <= normal.Rank && gain.DType == normal.DType
            && gain.Shape.Take(extra).All(static d => d == Dim.One)
            && context.Equal(gain.Shape.Slice(extra, features.Rank), features);
        return !fits ? null
            : gain.Rank == 1 ? gain
            : context.Emit(new Reshape(gain) { Shape = [features.NumElements] });
    }

    /// <summary>Whether a gain changes nothing: it is 1 throughout.</summary>
    public static bool IsOnes(Value gain) => Constants.IsAll(gain, 1) || (gain.Op is Expand { X: var one } && Constants.IsAll(one, 1));

    /// <summary>Whether a value, where there is one, follows from weights and constants alone.</summary>
    public static bool IsWeight(Value? value) => value is null || GraphWalk.PostOrder([value]).All(static op => op is not Input);

    private static bool IsNorm(Value value) => value.Op is LayerNorm or RmsNorm;

    public static Value Ones(DType dtype, Dim size, RewriteContext context) =>
        size.ConstValue is { } count and <= Constants.MostElements
            ? context.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(dtype, [count], [.. Enumerable.Repeat(1.0, (int)count)])) })
            : context.Emit(new Expand(context.Builder.Float(dtype, 1)) { Shape = [size] });

    /// <summary>The ways to read y · r as <c>y / √s · g</c>, where r is 1/√s or that times a gain.</summary>
    public static IEnumerable<OverRoot> Inverse(Value y, Value r)
    {
        if (InverseRoot(r) is { } s)
        {
            yield return new OverRoot(y, s, null);
        }
        else if (r.Op is Mul { A: var a, B: var b })
        {
            if (InverseRoot(a) is { } left)
            {
                yield return new OverRoot(y, left, b);
            }

            if (InverseRoot(b) is { } right)
            {
                yield return new OverRoot(y, right, a);
            }
        }
    }

    private static Value? Root(Value value) => value.Op switch
    {
        Sqrt root => root.X,
        Pow { A: var s, B: { Rank: 0 } exponent } when Constants.IsAll(exponent, 0.5) => s,
        _ => null,
    };

    /// <summary>s in <c>1 / √s</c>; null for anything else.</summary>
    public static Value? InverseRoot(Value value) => value.Op switch
    {
        Reciprocal { X: var root } => Root(root),
        Sqrt { X.Op: Reciprocal inverse } => inverse.X,
        Pow { A: var s, B: { Rank: 0 } exponent } when Constants.IsAll(exponent, -0.5) => s,
        _ => null,
    };
}
