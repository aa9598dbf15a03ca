using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The number of elements of x, <c>i64[]</c>.</summary>
[Op("size")]
public sealed partial record SizeOf(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [new TensorType(DType.I64, Shape.Scalar)];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [RefTensor.Scalar(context.Tensor(0).Count)];

    // The size of what a carried node gives stays with it: nothing else may need the node (the rank of a tensor is the size of its shape).
    public override IReadOnlyList<Dim>? DimContent(int output) => X.Producer is not Opaque && X.Tensor.Shape is { } shape ? [shape.NumElements] : null;

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [DimBatching.Scalar(context, X.Shape.NumElements)];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Size", 1);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("matrix", static g => [g.SizeOf(g.In("x", "f32[n, 3]"))]) { Sizes = ShapingSamples.Sizes },
        new("scalar", static g => [g.SizeOf(g.In("x", "bool[]"))]),
        new("empty", static g => [g.SizeOf(g.In("x", "f16[n, 0]"))]),
    ];
}
