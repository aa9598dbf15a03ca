using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>What norms of <c>x[N, C, s…]</c> with a scale and a bias for each channel share.</summary>
internal static class ChannelNorms
{
    /// <summary>Fails unless x is a float of rank 2 or more and each of the others a vector of its channels and element type.</summary>
    public static void Check(InferContext context, Value x, Real epsilon, params ReadOnlySpan<Value> vectors)
    {
        if (!double.IsFinite(epsilon.Value) || epsilon.Value < 0)
        {
            throw context.Error("TSR0215", $"epsilon is {epsilon}; it must be finite and 0 or more.");
        }

        Shape shape = context.ShapeOf(x);
        if (shape.Rank < 2 || !x.DType.IsFloat())
        {
            throw context.Error("TSR0203", $"x must be float [N, C, …]; it is {x.Type}.");
        }

        foreach (Value vector in vectors)
        {
            context.RequireSameDType(x, vector);
            Dim size = context.ShapeOf(vector) is [var only]
                ? only
                : throw context.Error("TSR0203", $"what belongs to channels must have rank 1; one is {vector.Type}.");
            context.RequireEqual(shape[1], size, "channels of x and of a vector");
        }
    }

    /// <summary>x with each group of positions brought to mean 0 and variance 1, then the channel's scale and bias.</summary>
    public static RefTensor Normalize(RefTensor x, IEnumerable<int[]> slices, double epsilon, double[] scale, double[] bias)
    {
        double[] result = new double[x.Count];
        long inner = x.Dims.Skip(2).Aggregate(1L, static (a, b) => a * b);
        foreach (int[] slice in slices.Where(static s => s.Length > 0))
        {
            double mean = slice.Average(i => x.F[i]);
            double deviation = Math.Sqrt(slice.Average(i => (x.F[i] - mean) * (x.F[i] - mean)) + epsilon);
            foreach (int i in slice)
            {
                long channel = i / inner % x.Dims[1];
                result[i] = ((x.F[i] - mean) / deviation * scale[channel]) + bias[channel];
            }
        }

        return RefTensor.Floats(x.DType, x.Dims, result);
    }

    /// <summary><c>(x − mean) / √(var + ε)</c> along the axes of x.</summary>
    public static Value Standardize(GraphBuilder g, Value x, EquatableArray<long> axes, double epsilon)
    {
        Value off = g.Sub(x, g.ReduceMean(x, axes, keepDims: true));
        Value variance = g.ReduceMean(g.Mul(off, off), axes, keepDims: true);
        return g.Div(off, g.Sqrt(g.Add(variance, g.Float(x.DType, epsilon))));
    }

    /// <summary>More of N, or the parts, where what belongs to channels differs by example or a spatial axis is ragged.</summary>
    public static IReadOnlyList<Batched> Batch(BatchContext context, IReadOnlyList<int> axes) =>
        Folding.Fits(context, axes) && !Enumerable.Range(1, axes.Count - 1).Any(context.Varies) ? Folding.Batch(context, axes) : context.ByParts();

    /// <summary>A vector of channels as <c>[C, 1…]</c>, in the type to compute in.</summary>
    public static Value Column(GraphBuilder g, Value vector, int rank) =>
        Widening.Up(g, g.Reshape(vector, [vector.Shape[0], .. Enumerable.Repeat(Dim.One, rank - 2)]));
}
