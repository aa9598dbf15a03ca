using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Axes of size 1 removed, each named.</summary>
[Op("squeeze")]
public sealed partial record Squeeze(Value X) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public required EquatableArray<long> Axes { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int[] axes = context.Axes(Axes, x.Rank);
        foreach (int axis in axes)
        {
            context.RequireEqual(x[axis], Dim.One, $"the size of axis {axis} and 1");
        }

        return [new TensorType(X.DType, [.. x.Where((_, a) => !axes.Contains(a))])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) =>
        [context.Tensor(0).Reshaped(context.Sizes(((TensorType)context.Types[0]).Shape!))];

    public override IReadOnlyList<Dim>? DimContent(int output) => X.Sizes;

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder) => Axes.Count == 0 ? [X] : null;

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        int[] own = [.. Axes.Select(a => (int)(a < 0 ? a + context.ShapeOf(0).Rank : a)).Order()];
        if (own.Contains(x.Axis))
        {
            throw context.Mixes("it removes the ragged axis");
        }

        long[] axes = [.. own.Select(a => (long)Layout.Axis(x, a)).Order()];
        Value value = context.Emit(new Squeeze(x.Value) { Axes = axes.ToEquatableArray() });
        return [context.Wrap(value, context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Squeeze", 1) { Until = 13, Attributes = [OnnxAttr.Of("axes")], When = Removes },
        new OnnxRow("Squeeze", 13) { Inputs = [new OnnxArgument.Operand("x"), new OnnxArgument.Ints("axes")], When = Removes });

    // Runtimes take an empty list of axes for none given, and remove every axis of size 1.
    private static bool Removes(Op op) => ((Squeeze)op).Axes.Count > 0;

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("front", "f32[1, n, 3]", [0]),
        Sample("both ends", "f32[1, n, 1]", [-1, 0]),
        Sample("to scalar", "i64[1]", [0]),
        Sample("none", "f16[n, 1]", []),
        Sample("empty", "bool[0, 1, n]", [1]),
    ];

    private static OpSample Sample(string name, string x, EquatableArray<long> axes) =>
        new(name, g => [g.Squeeze(g.In("x", x), axes)]) { Sizes = ShapingSamples.Sizes };
}
