using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Axes in another order: axis i of the result is axis <c>perm[i]</c> of x.</summary>
[Op("transpose")]
public sealed partial record Transpose(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required EquatableArray<long> Perm { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        // A tensor of which not even the rank is known has the rank that the order names.
        Shape x = X.Tensor.Shape ?? [.. Perm.Select((_, axis) => context.Fresh(0, axis))];
        return Perm.Order().SequenceEqual(Enumerable.Range(0, x.Rank).Select(static a => (long)a))
            ? [new TensorType(X.DType, [.. Perm.Select(a => x[(int)a])])]
            : throw context.Error("TSR0202", $"perm {Perm} does not name each axis of {X.Type} once.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        long[] dims = [.. Perm.Select(a => x.Dims[a])];
        long[] strides = x.Strides();
        return [RefTensor.Gather(x, dims, i =>
        {
            long offset = 0;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
            {
                offset += i % dims[axis] * strides[Perm[axis]];
                i = (int)(i / dims[axis]);
            }

            return (int)offset;
        })];
    }

    // Packed, the ragged axis stays physically first: only the order of the others is left to change.
    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        long[] perm = x.Form == BatchForm.Ragged
            ? [0, .. Perm.Where(a => a != x.Axis).Select(a => a < x.Axis ? a + 1 : a)]
            : [0, .. Perm.Select(static a => a + 1)];
        bool same = perm.Select((a, i) => a == i).All(static b => b);
        Value value = same ? x.Value : context.Emit(new Transpose(x.Value) { Perm = perm.ToEquatableArray() });
        return [context.Wrap(value, context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Transpose", 1, OnnxAttr.Of("perm"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("swap", static g => [g.Transpose(g.In("x", "f32[n, 3, 2]"), [0, 2, 1])]),
        new("reverse", static g => [g.Transpose(g.In("x", "i64[2, n, 0]"), [2, 1, 0])]),
        new("scalar", static g => [g.Transpose(g.In("x", "f16[]"), [])]),
    ];
}
