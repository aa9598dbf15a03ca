using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What norms of several last axes share.</summary>
internal static class NormAxes
{
    /// <summary>The first normalised axis, counted from the front.</summary>
    public static int Check(InferContext context, Value x, Real epsilon, long axis, Value weight, Value? bias)
    {
        if (!double.IsFinite(epsilon.Value) || epsilon.Value < 0)
        {
            throw context.Error("TSR0215", $"epsilon is {epsilon}; it must be finite and 0 or more.");
        }

        Shape shape = context.ShapeOf(x);
        if (!x.DType.IsFloat() || axis >= 0 || axis < -shape.Rank)
        {
            throw context.Error("TSR0203", $"x must be float with an axis {axis} counted from the end; it is {x.Type}.");
        }

        int first = (int)(shape.Rank + axis);
        foreach (Value gain in new[] { weight, bias }.OfType<Value>())
        {
            context.RequireSameDType(x, gain);
            Shape sizes = context.ShapeOf(gain);
            if (sizes.Rank != -axis)
            {
                throw context.Error("TSR0203", $"weight and bias must have the {-axis} normalised axes; one is {gain.Type}.");
            }

            for (int a = 0; a < sizes.Rank; a++)
            {
                context.RequireEqual(shape[first + a], sizes[a], "normalised size and weight or bias");
            }
        }

        return first;
    }

    /// <summary>The shape with the axes from one on kept with size 1.</summary>
    public static Shape Kept(Shape shape, int axis) => [.. shape.Select((d, a) => a < axis ? d : Dim.One)];

    /// <summary>The normalised axes as one: <c>[rows, features]</c>.</summary>
    public static RefTensor Rows(RefTensor x, long axis)
    {
        int first = (int)(x.Rank + axis);
        return x.Reshaped([Product(x.Dims[..first]), Product(x.Dims[first..])]);
    }

    public static RefTensor Line(RefTensor gain) => gain.Reshaped([gain.Count]);

    /// <summary>x with the normalised axes made one.</summary>
    public static Value Flat(GraphBuilder builder, Value x, long axis)
    {
        int first = (int)(x.Rank + axis);
        return Moves.Reshape(builder, x, [.. x.Shape.Take(first), Dim.Product(x.Shape.Skip(first))]);
    }

    private static long Product(long[] dims) => dims.Aggregate(1L, static (a, b) => a * b);

    public static Value Vector(GraphBuilder builder, Value gain) => Moves.Reshape(builder, gain, [gain.Shape.NumElements]);
}
