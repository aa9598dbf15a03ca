using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Shape arithmetic of a model folded back to sizes, node by node.</summary>
internal static class ShapeFolding
{
    /// <summary><c>x − c</c> for a negative c, which the emitter writes for the numerator of <c>⌈x / k⌉</c>, k = 1 − c, and for nothing else.</summary>
    public static (Dim Size, long By)? Raised(NodeProto node, IReadOnlyList<ReadValue?> inputs) =>
        node is { OpType: "Sub", Domain: "" } && inputs is [{ Sizes: [var size] }, { Sizes: [{ ConstValue: < 0 and var by }] }] ? (size, -by) : null;

    /// <summary>The elements of the node's result as sizes, or null where they do not follow from sizes.</summary>
    public static IReadOnlyList<Dim>? Fold(NodeProto node, IReadOnlyList<ReadValue?> inputs, DimFacts facts)
    {
        if (node.Domain.Length > 0 || inputs.Count == 0 || inputs.Any(static v => v is null))
        {
            return null;
        }

        if (node.OpType == "Shape")
        {
            return inputs[0]!.Value?.Type is TensorType { Shape: { } shape } ? Sizes(node, shape) : null;
        }

        if (node.OpType == "Div" && inputs is [{ Raised: (var raised, var by) }, { Sizes: [{ ConstValue: { } divisor }] }] && divisor == by + 1)
        {
            return [Dim.CeilDiv(raised, divisor)];
        }

        return inputs.All(static v => v!.Sizes is not null) ? Arithmetic(node, [.. inputs.Select(static v => v!.Sizes!)], facts) : null;
    }

    private static IReadOnlyList<Dim> Sizes(NodeProto node, Shape shape)
    {
        int start = Bound(node, "start", 0, shape.Rank);
        int end = Bound(node, "end", shape.Rank, shape.Rank);
        return [.. shape.Skip(start).Take(end - start)];
    }

    private static int Bound(NodeProto node, string name, long absent, int rank)
    {
        long value = node.Attribute.FirstOrDefault(a => a.Name == name)?.I ?? absent;
        return (int)Math.Clamp(value < 0 ? value + rank : value, 0, rank);
    }

    private static IReadOnlyList<Dim>? Arithmetic(NodeProto node, IReadOnlyList<IReadOnlyList<Dim>> inputs, DimFacts facts) => (node.OpType, inputs) switch
    {
        ("Concat", _) when inputs.Sum(static v => v.Count) <= Value.MostSizes => [.. inputs.SelectMany(static v => v)],
        ("Squeeze" or "Unsqueeze" or "Identity", [var x, ..]) => x,
        ("Neg", [var x]) => [.. x.Select(Negate)],
        ("Min", _) => Fold(inputs, Dim.Min),
        ("Max", _) => Fold(inputs, Dim.Max),
        ("Add", [_, _]) => Fold(inputs, static (a, b) => a + b),
        ("Sub", [_, _]) => Fold(inputs, static (a, b) => a - b),
        ("Mul", [_, _]) => Fold(inputs, static (a, b) => a * b),
        ("Mod", [_, _]) => Fold(inputs, Dim.Mod),
        ("Div", [_, _]) => Fold(inputs, (a, b) => Divide(a, b, facts)),
        _ => null,
    };

    // −⌊−a / b⌋ is how the emitter writes ⌈a / b⌉ where b is symbolic.
    private static Dim Negate(Dim dim) => dim is FloorDivDim { Denominator: not ConstDim } floor
        ? Dim.CeilDiv(-floor.Numerator, floor.Denominator)
        : -dim;

    // Elements meet one by one; a single element meets all.
    private static IReadOnlyList<Dim>? Fold(IReadOnlyList<IReadOnlyList<Dim>> inputs, Func<Dim, Dim, Dim?> combine)
    {
        int count = inputs.Max(static v => v.Count);
        if (inputs.Any(v => v.Count != count && v.Count != 1))
        {
            return null;
        }

        List<Dim> result = [];
        for (int i = 0; i < count; i++)
        {
            Dim? total = At(inputs[0], i);
            foreach (IReadOnlyList<Dim> next in inputs.Skip(1))
            {
                total = total is null ? null : combine(total, At(next, i));
            }

            if (total is null)
            {
                return null;
            }

            result.Add(total);
        }

        return result;
    }

    private static Dim At(IReadOnlyList<Dim> list, int i) => list.Count == 1 ? list[0] : list[i];

    // ONNX rounds towards zero: the floor where nothing is negative, and where the remainder was taken off before.
    private static Dim? Divide(Dim a, Dim b, DimFacts facts)
    {
        if (facts.Range(a).Min >= 0 && facts.Range(b).Min >= 0)
        {
            return Dim.FloorDiv(a, b);
        }

        ModDim? taken = (a as SumDim)?.Terms
            .Select(static t => (-t) as ModDim)
            .FirstOrDefault(m => m is not null && m.Denominator == b && a + m == m.Numerator);
        return taken is null ? Exact(a, b) : Dim.FloorDiv(taken.Numerator, taken.Denominator);
    }

    private static Dim? Exact(Dim a, Dim b) => Dim.FloorDiv(a, b) is var quotient && quotient * b == a ? quotient : null;
}
