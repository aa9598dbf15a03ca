using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What both forms of rotary embedding share: plain loops over token-major heads, and the body in primitives.</summary>
internal static class RotaryPrimitives
{
    /// <summary>The oracle: x[…, n, H, D] turned by cos, sin that broadcast to […, n, R/2].</summary>
    public static RefTensor Turn(RefTensor x, RefTensor cos, RefTensor sin, bool interleaved)
    {
        (int heads, int size, int half) = ((int)x.Dims[^2], (int)x.Dims[^1], (int)cos.Dims[^1]);
        int[] map = Broadcasting.Map(cos, [.. x.Dims[..^2], half]);
        double[] result = [.. x.F];
        for (int row = 0; row < x.Count / Math.Max(1, size); row++)
        {
            for (int i = 0; i < half; i++)
            {
                int angle = map[(row / heads * half) + i];
                int a = (row * size) + (interleaved ? 2 * i : i);
                int b = interleaved ? a + 1 : a + half;
                result[a] = (x.F[a] * cos.F[angle]) - (x.F[b] * sin.F[angle]);
                result[b] = (x.F[a] * sin.F[angle]) + (x.F[b] * cos.F[angle]);
            }
        }

        return RefTensor.Floats(x.DType, x.Dims, result);
    }

    /// <summary>The body: cos and sin broadcast to x but for its last axis, which is theirs twice or longer.</summary>
    public static Value Build(GraphBuilder g, Value x, Value cos, Value sin, bool interleaved)
    {
        Dim size = x.Shape[x.Rank - 1];
        Dim half = cos.Shape[cos.Rank - 1];
        (Value a, Value b) = Pairs(g, x, half, interleaved);
        Value left = g.Sub(g.Mul(a, cos), g.Mul(b, sin));
        Value right = g.Add(g.Mul(a, sin), g.Mul(b, cos));
        Value turned = interleaved
            ? g.Reshape(g.Concat([Last(g, left), Last(g, right)], axis: -1), [.. x.Shape.SkipLast(1), half * 2])
            : g.Concat([left, right], axis: -1);
        return (half * 2).Equals(size) ? turned : g.Concat([turned, Part(g, x, half * 2, size)], axis: -1);
    }

    private static (Value A, Value B) Pairs(GraphBuilder g, Value x, Dim half, bool interleaved)
    {
        Value rotated = Part(g, x, 0, half * 2);
        if (!interleaved)
        {
            return (Part(g, rotated, 0, half), Part(g, rotated, half, half * 2));
        }

        Value pairs = g.Reshape(rotated, [.. x.Shape.SkipLast(1), half, 2]);
        Shape one = [.. x.Shape.SkipLast(1), half];
        return (g.Reshape(Part(g, pairs, 0, 1), one), g.Reshape(Part(g, pairs, 1, 2), one));
    }

    private static Value Part(GraphBuilder g, Value x, Dim start, Dim end) => g.Slice(x, starts: [start], ends: [end], axes: [x.Rank - 1]);

    private static Value Last(GraphBuilder g, Value x) => g.Reshape(x, [.. x.Shape, 1]);
}
