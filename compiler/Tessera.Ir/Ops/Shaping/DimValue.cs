using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>
/// A symbolic size as a number, <c>i64[]</c>. It has no operand: whoever writes the graph computes it from a value that
/// carries its symbols. In a batch a ragged size is the length of each example.
/// </summary>
[Op("dim")]
public sealed partial record DimValue : Op
{
    public required Dim Dim { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [new TensorType(DType.I64, Shape.Scalar)];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [RefTensor.Scalar(context.Size(Dim))];

    public override IReadOnlyList<Dim>? DimContent(int output) => [Dim];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [DimBatching.Scalar(context, Dim)];

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("constant", static g => [g.DimValue(3)]),
        new("sum", static g => [g.DimValue(Dim.Sym("n") + 1), g.In("x", "f32[n]")]) { Sizes = ShapingSamples.Sizes },
        new("quotient", static g => [g.DimValue(Dim.CeilDiv(Dim.Sym("n"), 2)), g.In("x", "f32[n]")]) { Sizes = ShapingSamples.Sizes },
    ];
}
