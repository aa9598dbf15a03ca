using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Positions of x between bounds that a run computes, each <c>i64[k]</c> or <c>i32[k]</c>; without axes the first k, without steps 1.</summary>
[Op("dynamic_slice")]
public sealed partial record DynamicSlice(Value X, Value Starts, Value Ends, Value? Axes, Value? Steps) : DynamicOp
{
    // An axis that is not named is as it was.
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        if (X.Tensor.Shape is not { } shape || Axes is null || Numbers(Axes.Sizes) is not { } named)
        {
            return [OfRank(context, X.DType, X.Tensor.Shape?.Rank)];
        }

        HashSet<int> axes = [.. named.Select(a => context.Axis(a, shape.Rank))];
        return [new TensorType(X.DType, [.. shape.Select((d, a) => axes.Contains(a) ? context.Fresh(0, a) : d)])];
    }

    public override Op? Resolve(Func<int, IReadOnlyList<Dim>?> content)
    {
        if (content(1) is not { } starts || content(2) is not { } ends
            || (Axes is null ? [.. Enumerable.Range(0, starts.Count).Select(static a => (long)a)] : Numbers(content(3))) is not { } axes
            || (Steps is null ? [] : Numbers(content(4))) is not { } steps)
        {
            return null;
        }

        return new Slice(X) { Starts = [.. starts], Ends = [.. ends], Axes = [.. axes], Steps = [.. steps] };
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Slice", 10);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("bounds", static g => [g.DynamicSlice(g.In("x", "f32[5, 4]"), Runtime.Ints(g, 1, 0), Runtime.Ints(g, 4, -1), null, null)]),
        new("axis", static g => [g.DynamicSlice(g.In("x", "i64[5, 4]"), Runtime.Ints(g, -2), Runtime.Ints(g, 100), Runtime.Ints(g, -1), null)]),
        new("backwards", static g => [g.DynamicSlice(g.In("x", "f16[5]"), Runtime.Ints(g, -1), Runtime.Ints(g, -100), g.Ints(0), Runtime.Ints(g, -2))]),
    ];
}
