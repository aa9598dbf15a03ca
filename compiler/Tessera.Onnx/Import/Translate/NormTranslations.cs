using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Norms over several axes, with a scale that broadcasts, in several element types or with their statistics; all computed as the last axis of a matrix.</summary>
internal static class NormTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("LayerNormalization", Layer) { Since = 17 },
        new("RMSNormalization", Rms) { Since = 23 },
        new("BatchNormalization", Batch) { Since = 7 },
        new("GroupNormalization", Group) { Since = 18 },
        new("MeanVarianceNormalization", MeanVariance) { Since = 9 },
        new("InstanceNormalization", static node =>
            [node.Emit(new InstanceNorm(node.Operand(0), node.Operand(1), node.Operand(2)) { Epsilon = node.Float("epsilon", 1e-5) })]),
        new("LpNormalization", static node => [node.Emit(new LpNorm(node.Operand(0)) { Axis = node.Int("axis", -1), P = node.Int("p", 2) })]),
        new("LRN", static node =>
        [
            node.Emit(new Lrn(node.Operand(0))
            {
                Size = node.Int("size", 0),
                Alpha = node.Float("alpha", 1e-4),
                Beta = node.Float("beta", 0.75),
                Bias = node.Float("bias", 1),
            }),
        ]),
    ];

    private static IReadOnlyList<Value?>? Layer(NodeView node)
    {
        if (Flat(node) is not { } x)
        {
            return null;
        }

        double epsilon = node.Float("epsilon", 1e-5);
        Value normal = node.Emit(new LayerNorm(x, Gain(node, 1, x.DType)!, Gain(node, 2, x.DType)) { Epsilon = epsilon });
        Value result = node.Emit(new Reshape(normal) { Shape = node.Operand(0).Shape });
        if (!node.Wants(1) && !node.Wants(2))
        {
            return [result];
        }

        GraphBuilder g = node.Builder;
        DType stash = (DType)node.Int("stash_type", (long)DType.F32);
        Value wide = To(node, x, stash);
        Value mean = g.ReduceMean(wide, [1], keepDims: true);
        Value off = g.Sub(wide, mean);
        Value variance = g.ReduceMean(g.Mul(off, off), [1], keepDims: true);
        Value inverse = g.Reciprocal(g.Sqrt(g.Add(variance, g.Float(stash, epsilon))));
        Shape kept = Statistics(node);
        return [result, g.Reshape(mean, kept), g.Reshape(inverse, kept)];
    }

    private static IReadOnlyList<Value?>? Rms(NodeView node)
    {
        if (Flat(node) is not { } x || node.Operand(1) is not { Type: TensorType { DType: var type } })
        {
            return null;
        }

        Shape shape = node.Operand(0).Shape;
        double epsilon = node.Float("epsilon", 1e-5);
        Value gain = Gain(node, 1, type)!;
        if (type == x.DType)
        {
            return [node.Emit(new Reshape(node.Emit(new RmsNorm(x, gain) { Epsilon = epsilon })) { Shape = shape })];
        }

        // Another type of the scale is that of the result: it is normalised first, then scaled.
        Value ones = node.Emit(new Expand(node.Scalar(x.DType, 1)) { Shape = gain.Shape });
        Value normal = To(node, node.Emit(new RmsNorm(x, ones) { Epsilon = epsilon }), type);
        return [node.Emit(new Reshape(node.Emit(new Mul(normal, gain))) { Shape = shape })];
    }

    // [rows, features], the axes from `axis` on being the features.
    private static Value? Flat(NodeView node)
    {
        if (node.RankOf(0) is not > 0)
        {
            return null;
        }

        (Value x, int axis) = (node.Operand(0), Axis(node));
        return node.Emit(new Reshape(x) { Shape = [Dim.Product(x.Shape.Take(axis)), Dim.Product(x.Shape.Skip(axis))] });
    }

    private static int Axis(NodeView node)
    {
        long axis = node.Int("axis", -1);
        return (int)(axis < 0 ? axis + node.RankOf(0)!.Value : axis);
    }

    private static Shape Statistics(NodeView node)
    {
        int axis = Axis(node);
        return [.. node.Operand(0).Shape.Select((d, a) => a < axis ? d : Dim.One)];
    }

    private static Value? Gain(NodeView node, int input, DType dtype)
    {
        if (node[input] is not { } gain)
        {
            return null;
        }

        Shape features = [.. node.Operand(0).Shape.Skip(Axis(node))];
        Value whole = gain.Shape.Equals(features) ? gain : node.Emit(new Expand(gain) { Shape = features });
        return To(node, node.Emit(new Reshape(whole) { Shape = [features.NumElements] }), dtype);
    }

    // Statistics may be of a wider type than x: it is computed in the widest.
    private static IReadOnlyList<Value?>? Batch(NodeView node)
    {
        if (node.RankOf(0) is not >= 2 || node.Int("spatial", 1) == 0)
        {
            return null;
        }

        Value x = node.Operand(0);
        DType wide = new[] { x, node.Operand(1), node.Operand(3) }.Select(static v => v.DType).MaxBy(static t => t.Bits());
        Value[] operands = [.. Enumerable.Range(0, 5).Select(i => To(node, node.Operand(i), wide))];
        double epsilon = node.Float("epsilon", 1e-5);
        if (node.Int("training_mode", 0) == 0)
        {
            return node.Wants(1) ? null : [To(node, node.Emit(new BatchNorm(operands[0], operands[1], operands[2], operands[3], operands[4]) { Epsilon = epsilon }), x.DType)];
        }

        EquatableArray<long> axes = [0, .. Enumerable.Range(2, x.Rank - 2).Select(static a => (long)a)];
        GraphBuilder g = node.Builder;
        Value mean = g.ReduceMean(operands[0], axes);
        Value off = g.Sub(operands[0], g.ReduceMean(operands[0], axes, keepDims: true));
        Value variance = g.ReduceMean(g.Mul(off, off), axes);
        Value normal = node.Emit(new BatchNorm(operands[0], operands[1], operands[2], mean, variance) { Epsilon = epsilon });
        return [To(node, normal, x.DType), Running(node, 3, operands[3], mean), Running(node, 4, operands[4], variance)];
    }

    private static Value Running(NodeView node, int input, Value old, Value now)
    {
        GraphBuilder g = node.Builder;
        double momentum = (float)node.Float("momentum", 0.9f);
        Value sum = g.Add(g.Mul(old, g.Float(old.DType, momentum)), g.Mul(now, g.Float(old.DType, 1 - momentum)));
        return To(node, sum, node.Operand(input).DType);
    }

    // Before opset 21 a scale and a bias stand for each group.
    private static IReadOnlyList<Value?>? Group(NodeView node)
    {
        Value x = node.Operand(0);
        long groups = node.Int("num_groups", 0);
        if (x.Type is not TensorType { Shape: { Rank: >= 2 } shape } || groups <= 0)
        {
            return null;
        }

        if (node.Version >= 21)
        {
            return [node.Emit(new GroupNorm(x, node.Operand(1), node.Operand(2)) { Groups = groups, Epsilon = node.Float("epsilon", 1e-5) })];
        }

        Dim each = Dim.FloorDiv(shape[1], groups);
        Value PerChannel(int input)
        {
            Value column = node.Emit(new Reshape(node.Operand(input)) { Shape = [groups, 1] });
            return node.Emit(new Reshape(node.Emit(new Expand(column) { Shape = [groups, each] })) { Shape = [shape[1]] });
        }

        return [node.Emit(new GroupNorm(x, PerChannel(1), PerChannel(2)) { Groups = groups, Epsilon = node.Float("epsilon", 1e-5) })];
    }

    // (x − mean) / (√var + 1e−9)
    private static IReadOnlyList<Value?>? MeanVariance(NodeView node)
    {
        Value x = node.Operand(0);
        if (node.RankOf(0) is null)
        {
            return null;
        }

        EquatableArray<long> axes = [.. node.Ints("axes") ?? [0, 2, 3]];
        GraphBuilder g = node.Builder;
        Value off = g.Sub(x, g.ReduceMean(x, axes, keepDims: true));
        Value deviation = g.Sqrt(g.ReduceMean(g.Mul(off, off), axes, keepDims: true));
        return [g.Div(off, g.Add(deviation, g.Float(x.DType, 1e-9)))];
    }

    private static Value To(NodeView node, Value x, DType dtype) => x.DType == dtype ? x : node.Emit(new Cast(x) { To = dtype });
}
