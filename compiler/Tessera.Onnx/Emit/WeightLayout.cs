using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Which ops only rearrange the bytes of weights, and the source and name that result.</summary>
internal static class WeightLayout
{
    /// <summary>How many times the bytes of the weights the result may take: a cast takes twice or four times as many.</summary>
    private const long MostGrowth = 4;

    /// <summary>The folded result, or null where the op computes.</summary>
    public static FoldedWeight? TryFold(Op op, IReadOnlyList<FoldedWeight> operands)
    {
        if (operands.Any(static o => o.Source.DType.Bits() < 8))
        {
            return operands is [var only] && only.Source.DType.Bits() == 4 ? Narrow(op, only) : null;
        }

        FoldedWeight x = operands[0];
        return op switch
        {
            Transpose { Perm: [1, 0] } => x.With(".T", x.Source.Transpose(1, 0)),
            Transpose t => x.With($".perm_{string.Join('_', t.Perm)}", x.Source.Transpose([.. t.Perm.Select(static a => (int)a)])),
            Reshape or Squeeze or Unsqueeze => Reshaped(x, op.Outputs[0].Shape),
            Cast { Saturate: true } c when IsExact(x.Source.DType, c.To) => x.With($".{c.To.Text()}", x.Source.Cast(c.To)),
            Slice s => Sliced(x, s),
            Concat c => Joined(operands, (int)c.Axis),
            _ => null,
        };
    }

    // Two numbers share a byte: parts of a stack are moved where they begin and end with one, a matrix is turned where its rows do.
    private static FoldedWeight? Narrow(Op op, FoldedWeight x) => op switch
    {
        Transpose { Perm: [1, 0] } when x.Source.Dims is [var columns, var rows] && rows % 2 == 0
            => x.With(".T", new PackedColumnsWeightSource(x.Source, x.Source.DType, [rows, columns], 0, rows / 2)),
        Reshape or Squeeze or Unsqueeze => Reshaped(x, op.Outputs[0].Shape),
        Slice { Axes: [0] } s when x.Source.Dims[0] > 0 && x.Source.Count / x.Source.Dims[0] % 2 == 0 => Sliced(x, s),
        _ => null,
    };

    // A weight that is joined with itself again and again is computed by the runtime: the file would hold it as often.
    private static bool IsGrowth(IReadOnlyList<FoldedWeight> parts)
    {
        long leaves = parts.SelectMany(static p => p.Leaves).Distinct().Sum(static v => v.DType.ByteCount(v.Shape.NumElements.ConstValue ?? 0));
        return parts.Sum(static p => p.Source.ByteLength) > MostGrowth * leaves;
    }

    /// <summary>An f64 weight times factors that lie along one axis; null for other products.</summary>
    public static FoldedWeight? TryScale(FoldedWeight x, Constant factors, Shape result)
    {
        if (x.Source.DType != DType.F64 || factors.Value.DType != DType.F64 || !result.TryGetStatic(out long[] dims) || !dims.SequenceEqual(x.Source.Dims))
        {
            return null;
        }

        int[] wide = [.. Enumerable.Range(0, factors.Value.Dims.Count).Where(a => factors.Value.Dims[a] != 1)];
        return wide is [var only]
            ? x.With(".scaled", new ScaledWeightSource(x.Source, only - factors.Value.Dims.Count, RefTensors.FromContent(factors.Value).F)) with { IsComputed = true }
            : null;
    }

    private static FoldedWeight? Reshaped(FoldedWeight x, Shape shape) => shape.TryGetStatic(out long[] dims)
        ? x.With($".as_{string.Join('x', dims)}", x.Source.Reshape(dims))
        : null;

    // Between floats our own conversion rounds as ONNX asks: to nearest, ties to even.
    private static bool IsExact(DType from, DType to) =>
        from is DType.F64 or DType.F32 or DType.F16 or DType.BF16 && to is DType.F64 or DType.F32 or DType.F16 or DType.BF16;

    private static FoldedWeight? Sliced(FoldedWeight x, Slice op)
    {
        (string path, WeightSource source) = (x.Path, x.Source);
        for (int k = 0; k < op.Axes.Count; k++)
        {
            if (op.Steps.Count > 0 && op.Steps[k] != 1 || !op.Starts[k].IsConst(out long from) || !op.Ends[k].IsConst(out long to))
            {
                return null;
            }

            int axis = (int)(op.Axes[k] < 0 ? op.Axes[k] + source.Dims.Count : op.Axes[k]);
            long size = source.Dims[axis];
            from = Math.Clamp(from < 0 ? from + size : from, 0, size);
            to = Math.Clamp(to < 0 ? to + size : to, from, size);
            source = source.Slice(axis, from, to - from);
            path += $".{from}_{to}";
        }

        return new FoldedWeight(path, source, x.Leaves);
    }

    private static FoldedWeight? Joined(IReadOnlyList<FoldedWeight> parts, int axis)
    {
        IReadOnlyList<WeightSource> sources = [.. parts.Select(static p => p.Source)];
        if (IsGrowth(parts))
        {
            return null;
        }

        return new FoldedWeight(
            string.Join('+', parts.Select(static p => p.Path)),
            sources.Concat(axis < 0 ? axis + sources[0].Dims.Count : axis),
            [.. parts.SelectMany(static p => p.Leaves).Distinct()]);
    }
}
