using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;
using Range = System.Range;

namespace Tessera.Gpu.Parity;

/// <summary>The inputs of a case with NaN in every other segment or in the first token, and what of a result must not change by it.</summary>
/// <param name="Inputs">With NaN.</param>
/// <param name="Kept">For the sizes of a result, the elements that others must not reach.</param>
internal sealed record Neighbours(IReadOnlyDictionary<string, RefValue> Inputs, Func<long[], IEnumerable<Range>> Kept)
{
    /// <summary>Null where the op has no neighbours that are apart: one segment, one token, or tokens that take room from each other.</summary>
    public static Neighbours? Of(ParityCase c)
    {
        Op op = TesseraSchemas.Of(c.Graph);
        return op switch
        {
            PackedAttention or SegmentReduce or SegmentSoftmax or SegmentExpand => Segments(c, op),
            GroupedMlp or SparseTopK => Rows(c, op),
            Route { CapacityFactor.Value: 0, ExpertChoice: false } => Rows(c, op),
            _ => null,
        };
    }

    private static Neighbours? Segments(ParityCase c, Op op)
    {
        (Dim Rows, long[] Offsets)[] cuts =
        [
            .. Enumerable.Range(0, op.Operands.Length).Where(i => op.RowsCutBy(i) is not null && op.Operands[i] is { Op: Input })
                .Select(i => (op.RowsCutBy(i)!, ((RefTensor)c.Inputs[((Input)op.Operands[i]!.Producer).Name]).I)),
        ];
        if (cuts.Length == 0 || cuts[0].Offsets.Length < 3)
        {
            return null;
        }

        // One row for each segment.
        long[] each = [.. Enumerable.Range(0, cuts[0].Offsets.Length).Select(static i => (long)i)];
        long[]? OffsetsOf(Dim rows) => op is SegmentExpand ? each : Array.Find(cuts, cut => cut.Rows == rows).Offsets;
        Dictionary<string, RefValue> inputs = new(c.Inputs);
        foreach (Value? operand in op.Operands)
        {
            if (operand is { Op: Input input, Type: TensorType { Shape: [var rows, ..] } type } && type.DType.IsFloat() && OffsetsOf(rows) is { } offsets)
            {
                RefTensor tensor = Copy((RefTensor)inputs[input.Name]);
                foreach (Range odd in Ranges(offsets, tensor.Count, first: 1))
                {
                    tensor.F.AsSpan(odd).Fill(double.NaN);
                }

                inputs[input.Name] = tensor;
            }
        }

        return new(inputs, dims => Ranges(op is SegmentReduce ? each : cuts[0].Offsets, Count(dims), first: 0));
    }

    private static Neighbours? Rows(ParityCase c, Op op)
    {
        if (op.Operands[0] is not { Op: Input input } || c.Inputs[input.Name] is not RefTensor { Rank: > 0, Count: > 0 } x || !x.DType.IsFloat())
        {
            return null;
        }

        int rows = (int)(op is SparseTopK ? x.Count / x.Dims[^1] : x.Dims[0]);
        if (rows < 2)
        {
            return null;
        }

        RefTensor poisoned = Copy(x);
        poisoned.F.AsSpan(0, x.Count / rows).Fill(double.NaN);
        return new(new Dictionary<string, RefValue>(c.Inputs) { [input.Name] = poisoned }, dims => [(Count(dims) / rows)..Count(dims)]);
    }

    // Elements of every other segment, of a tensor whose rows are cut by the offsets.
    private static IEnumerable<Range> Ranges(long[] offsets, int count, int first)
    {
        int width = offsets[^1] == 0 ? 0 : count / (int)offsets[^1];
        for (int i = first; i + 1 < offsets.Length; i += 2)
        {
            yield return ((int)offsets[i] * width)..((int)offsets[i + 1] * width);
        }
    }

    private static RefTensor Copy(RefTensor tensor) => RefTensor.Floats(tensor.DType, tensor.Dims, [.. tensor.F]);

    private static int Count(long[] dims) => (int)dims.Aggregate(1L, static (a, b) => a * b);
}
