using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>A sequence of no tensors. ONNX names only the element type of what it may hold; here it may have a shape too.</summary>
[Op("sequence_empty")]
public sealed partial record SequenceEmpty : Op
{
    public required DType Dtype { get; init; }

    /// <summary>Shape of the elements; a symbol in it may differ from element to element. Absent: not even the rank is known.</summary>
    public Shape? Shape { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => [new SequenceType(new TensorType(Dtype, Shape))];

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [new RefSequence([])];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("a sequence has no batched form");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("SequenceEmpty", 11, new OnnxAttr.Direct("dtype", "dtype", (long)DType.F32));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("length", static g => [g.SequenceLength(g.SequenceEmpty(DType.F32))]),
        new("filled", static g => [g.SequenceAt(g.SequenceInsert(g.SequenceEmpty(DType.I64), g.In("x", "i64[n]")), g.Int(DType.I64, 0))]),
    ];
}
