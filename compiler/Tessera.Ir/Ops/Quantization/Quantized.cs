using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What ops between numbers and their quantised form share: which scale belongs to an element, and the range of a type.</summary>
internal static class Quantized
{
    /// <summary>Element types that hold quantised numbers.</summary>
    public static bool Holds(DType dtype) => dtype is DType.U8 or DType.I8 or DType.U16 or DType.I16 or DType.U4 or DType.I4 or DType.U2 or DType.I2
        || IsSmallFloat(dtype);

    public static bool IsSmallFloat(DType dtype) => SmallFloat.Of(dtype) is not null && dtype != DType.F8E8M0;

    /// <summary>Least and greatest number of an integer type of at most 16 bits.</summary>
    public static (double Low, double High) Range(DType dtype)
    {
        bool isSigned = dtype is DType.I8 or DType.I16 or DType.I4 or DType.I2;
        double count = Math.Pow(2, dtype.Bits());
        return isSigned ? (-count / 2, (count / 2) - 1) : (0, count - 1);
    }

    /// <summary>The integer next to a number, ties to even, kept in the type's range.</summary>
    public static long Clamped(DType dtype, double value)
    {
        (double low, double high) = Range(dtype);
        return double.IsNaN(value) ? 0 : (long)Math.Clamp(value, low, high);
    }

    /// <summary>Fails unless the scale is one number, one for each position of the axis, or with blocks one for each block of it.</summary>
    public static void Check(InferContext context, Value x, Value scale, Value? zeroPoint, long axis, long blockSize)
    {
        (Shape sx, Shape ss) = (context.ShapeOf(x), context.ShapeOf(scale));
        if (zeroPoint is not null && !(IsOne(ss) && IsOne(context.ShapeOf(zeroPoint))) && !context.ShapeOf(zeroPoint).Equals(ss))
        {
            throw context.Error("TSR0203", $"scale and zero point must have one shape; they are {scale.Type} and {zeroPoint.Type}.");
        }

        if (blockSize > 0)
        {
            int at = context.Axis(axis, sx.Rank);
            if (ss.Rank != sx.Rank)
            {
                throw context.Error("TSR0203", $"a scale of blocks must have the rank of x; they are {scale.Type} and {x.Type}.");
            }

            context.RequireEqual(Dim.CeilDiv(sx[at], blockSize), ss[at], $"blocks of {blockSize} along axis {at} and scales");
        }
        else if (!IsOne(ss))
        {
            Dim size = ss is [var only] ? only : throw context.Error("TSR0203", $"a scale must be a scalar or of rank 1; it is {scale.Type}.");
            context.RequireEqual(sx[context.Axis(axis, sx.Rank)], size, $"axis {axis} of x and scales");
        }
    }

    /// <summary>For each element of x, the position of its scale.</summary>
    public static Func<int, int> Map(long[] dims, RefTensor scale, long axis, long blockSize)
    {
        if (scale.Count == 1)
        {
            return static _ => 0;
        }

        int at = (int)(axis < 0 ? axis + dims.Length : axis);
        long inner = dims.Skip(at + 1).Aggregate(1L, static (a, b) => a * b);
        if (blockSize == 0)
        {
            return i => (int)(i / inner % dims[at]);
        }

        long[] strides = scale.Strides();
        return i =>
        {
            long[] position = AxisSizes.Coordinates(dims, i);
            position[at] /= blockSize;
            return (int)position.Zip(strides, static (p, s) => p * s).Sum();
        };
    }

    /// <summary>
    /// The axis of scales in the batched form of x; null where scales differ by example, come by blocks or lie along the ragged axis.
    /// </summary>
    public static long? Axis(BatchContext context, long axis, long blockSize)
    {
        if (blockSize > 0 || context.Varies(1) || context.Varies(2))
        {
            return null;
        }

        Batched x = context.Operands[0]!;
        long at = axis < 0 ? axis + context.ShapeOf(0).Rank : axis;
        return IsOne(context.ShapeOf(1)) ? axis : x.Axis == at ? null : Layout.Axis(x, (int)at);
    }

    /// <summary>A scale or zero point in a shape that broadcasts to x.</summary>
    public static Value Spread(GraphBuilder g, Value scale, Shape x, long axis, long blockSize)
    {
        int at = (int)(axis < 0 ? axis + x.Rank : axis);
        if (blockSize > 0)
        {
            Shape s = scale.Shape;
            Value column = g.Reshape(scale, [.. s.Take(at + 1), 1, .. s.Skip(at + 1)]);
            Value repeated = g.Expand(column, [.. s.Take(at + 1), blockSize, .. s.Skip(at + 1)]);
            Value whole = g.Reshape(repeated, [.. s.Take(at), s[at] * blockSize, .. s.Skip(at + 1)]);
            return x[at].Equals(s[at] * blockSize) ? whole : g.Slice(whole, starts: [0], ends: [x[at]], axes: [at]);
        }

        return IsOne(scale.Shape)
            ? g.Reshape(scale, [])
            : g.Reshape(scale, [.. x.Select((_, a) => a == at ? scale.Shape[0] : Dim.One)]);
    }

    private static bool IsOne(Shape shape) => shape.Rank == 0 || shape is [{ ConstValue: 1 }];
}
