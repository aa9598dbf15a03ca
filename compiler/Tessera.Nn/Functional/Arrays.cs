using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <content>Joining, choosing, counting and reducing.</content>
public static partial class Functional
{
    /// <summary>Tensors one after another along an axis.</summary>
    public static Tensor Concat(int axis, params IReadOnlyList<Tensor> parts)
    {
        EquatableArray<Value> values = parts.Select(static p => p.Value).ToEquatableArray();
        return parts[0].Emit(_ => new Concat(values) { Axis = axis });
    }

    /// <summary>Element by element: <paramref name="a"/> where the condition holds, else <paramref name="b"/>.</summary>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b) => a.Emit(_ => new Where(condition.Value, a.Value, b.Value));

    /// <summary>The smaller of each pair.</summary>
    public static Tensor Min(Tensor a, Tensor b) => a.Emit(_ => new Min(a.Value, b.Value));

    /// <summary>The larger of each pair.</summary>
    public static Tensor Max(Tensor a, Tensor b) => a.Emit(_ => new Max(a.Value, b.Value));

    /// <summary><c>0, 1, …, count − 1</c> as <c>i64[count]</c>, in the graph of <paramref name="any"/>.</summary>
    public static Tensor Arange(Tensor any, Dim count) =>
        any.Tracer.Build(g => g.Range(g.Int(DType.I64, 0), g.DimValue(count), g.Int(DType.I64, 1)));

    /// <summary>A size as an <c>i64[]</c> scalar, in the graph of <paramref name="any"/>.</summary>
    public static Tensor Size(Tensor any, Dim size) => any.Tracer.Build(g => g.DimValue(size));

    /// <summary>A constant in the graph of <paramref name="any"/>, in its element type.</summary>
    public static Tensor Constant(Tensor any, IReadOnlyList<long> dims, double[] values) => any.Tracer.Build(g =>
        g.Constant(Ir.Evaluate.RefTensors.ToContent(Ir.Evaluate.RefTensor.Floats(any.DType, dims, values))));

    /// <summary>Whole numbers as an <c>i64[count]</c> constant in the graph of <paramref name="any"/>.</summary>
    public static Tensor Constant(Tensor any, params long[] values) => any.Tracer.Build(g => g.Ints(values));

    public static Tensor Sum(Tensor x, bool keepDims = false, params long[] axes) =>
        x.Emit(_ => new ReduceSum(x.Value) { Axes = EquatableArray.Create<long>(axes), KeepDims = keepDims });

    public static Tensor Mean(Tensor x, bool keepDims = false, params long[] axes) =>
        x.Emit(_ => new ReduceMean(x.Value) { Axes = EquatableArray.Create<long>(axes), KeepDims = keepDims });

    public static Tensor Max(Tensor x, bool keepDims = false, params long[] axes) =>
        x.Emit(_ => new ReduceMax(x.Value) { Axes = EquatableArray.Create<long>(axes), KeepDims = keepDims });
}
