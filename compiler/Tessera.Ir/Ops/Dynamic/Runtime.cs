namespace Tessera.Ir.Ops;

/// <summary>Integers for samples that are certain in value, while nothing in the graph knows them before it runs.</summary>
internal static class Runtime
{
    /// <summary>A vector of the given numbers: the input <c>zero: i64[k]</c>, multiplied by 0, plus the numbers.</summary>
    public static Value Ints(GraphBuilder g, params long[] values) => g.Add(
        g.Mul(g.Input($"some_{values.Length}", new TensorType(DType.I64, [values.Length])), g.Constant(TensorContent.Scalar(0))),
        g.Constant(TensorContent.Vector(values)));

    /// <summary>A scalar likewise.</summary>
    public static Value Int(GraphBuilder g, long value) => g.Add(
        g.Mul(g.Input("some", new TensorType(DType.I64, Shape.Scalar)), g.Constant(TensorContent.Scalar(0))),
        g.Constant(TensorContent.Scalar(value)));
}
