using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Which ops only rearrange the bytes of weights, and the source and name that result.</summary>
internal static class WeightLayout
{
    /// <summary>The folded result, or null where the op computes.</summary>
    public static FoldedWeight? TryFold(Op op, IReadOnlyList<FoldedWeight> operands)
    {
        if (operands.Any(static o => o.Source.DType.Bits() < 8))
        {
            return null;
        }

        FoldedWeight x = operands[0];
        return op switch
        {
            Transpose { Perm: [1, 0] } => x with { Path = x.Path + ".T", Source = x.Source.Transpose(1, 0) },
            Transpose t => x with
            {
                Path = $"{x.Path}.perm_{string.Join('_', t.Perm)}",
                Source = x.Source.Transpose([.. t.Perm.Select(static a => (int)a)]),
            },
            Reshape { Shape: var shape } when shape.TryGetStatic(out long[] dims) => x with
            {
                Path = $"{x.Path}.as_{string.Join('x', dims)}",
                Source = x.Source.Reshape(dims),
            },
            Concat c => new FoldedWeight(
                string.Join('+', operands.Select(static o => o.Path)),
                operands.Select(static o => o.Source).ToArray().Concat((int)(c.Axis < 0 ? c.Axis + c.Outputs[0].Rank : c.Axis)),
                [.. operands.SelectMany(static o => o.Leaves)]),
            _ => null,
        };
    }
}
