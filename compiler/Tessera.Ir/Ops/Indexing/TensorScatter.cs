using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A cache <c>[B, …, S, …]</c> with an update <c>[B, …, s, …]</c> written along an axis from <c>positions[b]</c> on (0 where there are none), in a
/// ring when <see cref="Mode"/> is <c>circular</c>.
/// </summary>
[Op("tensor_scatter")]
public sealed partial record TensorScatter(Value Past, Value Update, Value? Positions) : Op
{
    public long Axis { get; init; } = -2;

    /// <summary><c>linear</c> or <c>circular</c>.</summary>
    public string Mode { get; init; } = "linear";

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(Past, Update);
        (Shape past, Shape update) = (context.ShapeOf(Past), context.ShapeOf(Update));
        return past.Rank == update.Rank && context.Axis(Axis, past.Rank) > 0 && Mode is "linear" or "circular"
            ? [Past.Type]
            : throw context.Error("TSR0203", $"cache and update must have one rank and the axis must not be 0; they are {Past.Type} and {Update.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor past, RefTensor update) = (context.Tensor(0), context.Tensor(1));
        long[]? positions = context.OptionalTensor(2)?.I;
        int axis = (int)(Axis < 0 ? Axis + past.Rank : Axis);
        long[] strides = past.Strides();
        int[] from = new int[past.Count];
        Array.Fill(from, -1);
        for (int i = 0; i < update.Count; i++)
        {
            long[] at = AxisSizes.Coordinates(update.Dims, i);
            at[axis] += positions?[at[0]] ?? 0;
            at[axis] = Mode == "circular" ? at[axis] % past.Dims[axis] : at[axis];
            if (at[axis] < 0 || at[axis] >= past.Dims[axis])
            {
                throw context.Error($"position {at[axis]} is outside the {past.Dims[axis]} of the cache.");
            }

            from[at.Zip(strides).Sum(static p => p.First * p.Second)] = i;
        }

        return [RefTensor.Select([past, update], past.Dims, i => from[i] < 0 ? (0, i) : (1, from[i]))];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0, 0, 0]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("TensorScatter", 24, OnnxAttr.Of("axis"), OnnxAttr.Of("mode"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("linear", static g => [g.TensorScatter(g.In("p", "f32[2, 1, 4, 2]"), g.In("u", "f32[2, 1, 1, 2]"), g.Ints(1, 3))]),
        new("circular", static g => [g.TensorScatter(g.In("p", "f32[2, 4, 2]"), g.In("u", "f32[2, 2, 2]"), g.Ints(1, 3), mode: "circular")]),
        new("from the start", static g => [g.TensorScatter(g.In("p", "f32[2, 4, 2]"), g.In("u", "f32[2, 2, 2]"), null)]),
    ];
}
