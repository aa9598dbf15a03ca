using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>What a node of attention adds to its logits: its mask, causality counted from behind the past, lengths of the keys.</summary>
internal sealed class AttentionBias(NodeView node, AttentionHeads heads)
{
    private const int Given = 3;
    private const int Lengths = 6;

    private readonly bool _causal = node.Int("is_causal", 0) != 0;
    private readonly Value? _lengths = node[Lengths];

    // Keys that lie outside: their lengths tell where the last query stands.
    private bool FromLengths => _lengths is not null && node[4] is null;

    /// <summary>Key j is visible to query i if j ≤ i.</summary>
    public bool IsPlainCausal => _causal && !FromLengths && heads.Past.ConstValue == 0;

    /// <summary>Key j is visible to query i if j ≤ i + this; −1 where that is not what it is.</summary>
    public long WindowRight => _causal && !FromLengths && heads.Past.ConstValue is > 0 and var past ? past : -1;

    /// <summary>What the attributes of attention cannot say.</summary>
    public Value? WithoutPositions() => _causal && !IsPlainCausal && WindowRight < 0 ? Sum(Mask(), Hidden(Causal())) : Mask();

    /// <summary>All of it, broadcast to <c>[B, H, n, m]</c>; null where nothing is hidden.</summary>
    public Value? Whole() => Sum(Sum(Mask(), _causal ? Hidden(Causal()) : null), _lengths is null ? null : Hidden(InLength()));

    private Value? Mask()
    {
        if (node[Given] is not { } mask)
        {
            return null;
        }

        Value bias = mask.DType == DType.Bool ? Hidden(mask) : mask.DType == heads.Q.DType ? mask : node.Emit(new Cast(mask) { To = heads.Q.DType });
        Dim missing = node.Builder.Facts.Simplify(heads.Keys - bias.Shape[bias.Rank - 1]);
        return missing.ConstValue == 0 ? bias : node.Emit(new Pad(bias, Infinity())
        {
            Pads = [.. Enumerable.Repeat(Dim.Zero, (2 * bias.Rank) - 1), missing],
        });
    }

    // j ≤ i + past, or with keys outside j ≤ i + length − n.
    private Value Causal()
    {
        GraphBuilder g = node.Builder;
        Value offset = FromLengths
            ? g.Sub(PerExample(), g.DimValue(heads.Queries))
            : g.DimValue(heads.Past);
        Value last = g.Add(g.Reshape(Positions(heads.Queries), [heads.Queries, 1]), offset);
        return g.LessOrEqual(g.Reshape(Positions(heads.Keys), [1, heads.Keys]), last);
    }

    private Value InLength()
    {
        GraphBuilder g = node.Builder;
        return g.Less(g.Reshape(Positions(heads.Keys), [1, heads.Keys]), PerExample());
    }

    private Value PerExample() => node.Builder.Reshape(_lengths!, [_lengths!.Shape[0], 1, 1, 1]);

    private Value Positions(Dim count) => node.Builder.Range(node.Builder.Int(DType.I64, 0), node.Builder.DimValue(count), node.Builder.Int(DType.I64, 1));

    private Value Hidden(Value visible) => node.Emit(new Where(visible, node.Scalar(heads.Q.DType, 0), Infinity()));

    private Value Infinity() => node.Scalar(heads.Q.DType, double.NegativeInfinity);

    private Value? Sum(Value? a, Value? b) => a is null ? b : b is null ? a : node.Emit(new Add(a, b));
}
