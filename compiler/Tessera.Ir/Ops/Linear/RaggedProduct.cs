using Tessera.Ir.Batching;

namespace Tessera.Ir.Ops;

/// <summary>
/// The packed forms of products that need the tokens of one example together: a sum over them, and their product with a matrix that
/// each example has of its own. A loop takes example by example, so that nothing is computed that is not asked for and no NaN leaks;
/// where a factor is a vector, the segment ops do it at once.
/// </summary>
internal static class RaggedProduct
{
    private static readonly TensorType s_round = new(DType.I64, Shape.Scalar);
    private static readonly TensorType s_condition = new(DType.Bool, Shape.Scalar);

    /// <summary><c>a[…, m, n] · b[…, n, p]</c> over the tokens n: <c>a[tokens, …, m], b[tokens, …, p] → [batch, …, m, p]</c>.</summary>
    public static Value OverTokens(BatchContext context, Value a, Value b, Dim partition)
    {
        GraphBuilder g = context.Builder;
        Value cu = context.Environment.CuSeqlens(partition);
        int lead = Math.Max(a.Rank, b.Rank) - 2;
        (a, b) = (Raised(context, a, lead), Raised(context, b, lead));
        if (a.Shape[lead + 1] == Dim.One || b.Shape[lead + 1] == Dim.One)
        {
            Value column = context.Emit(new Reshape(a) { Shape = [.. a.Shape, 1] });
            Value row = context.Emit(new Reshape(b) { Shape = [.. b.Shape.Take(lead + 1), 1, b.Shape[lead + 1]] });
            return context.Emit(new SegmentReduce(context.Emit(new Mul(column, row)), cu) { Kind = SegmentReduction.Sum });
        }

        Value[] captures = [a, b, g.Cast(cu, DType.I64)];
        Region body = Regions.Of([s_round, s_condition, .. captures.Select(static v => v.Type)], (r, p) =>
        {
            Value rows = Rows(r, p[0], p[4]);
            Value left = Permuted(r, r.Gather(p[2], rows), [.. Enumerable.Range(1, lead), lead + 1, 0]);
            Value right = Permuted(r, r.Gather(p[3], rows), [.. Enumerable.Range(1, lead), 0, lead + 1]);
            return [p[1], r.MatMul(left, right)];
        });
        return g.Loop([.. captures], 0, body, maxTrip: g.DimValue(context.Environment.BatchSize))[0];
    }

    /// <summary><c>x[…, n, k] · w[…, k, p]</c> by a matrix of each example's own: <c>x[tokens, …, k], w[batch, …, k, p] → [tokens, …, p]</c>.</summary>
    public static Value ByExample(BatchContext context, Value x, Value w, Dim partition)
    {
        GraphBuilder g = context.Builder;
        DType dtype = x.DType;
        int lead = Math.Max(x.Rank - 2, w.Rank - 3);
        Value tokens = Raised(context, x, lead);
        Value own = context.Emit(new Reshape(w) { Shape = [w.Shape[0], .. Enumerable.Repeat(Dim.One, lead + 3 - w.Rank), .. w.Shape.Skip(1)] });
        if (dtype == DType.BF16)
        {
            // ONNX Runtime's sequences hold no bf16.
            (tokens, own) = (g.Cast(tokens, DType.F32), g.Cast(own, DType.F32));
        }

        Value[] captures = [tokens, own, g.Cast(context.Environment.CuSeqlens(partition), DType.I64)];
        Shape[] leads = [[.. tokens.Shape.Skip(1).Take(lead)], [.. own.Shape.Skip(1).Take(lead)]];
        Shape result = [.. Enumerable.Range(0, lead).Select(a => leads[0][a] == Dim.One ? leads[1][a] : leads[0][a]), own.Shape[lead + 2]];
        Value none = g.Expand(Zero(g, tokens.DType), [0, .. result]);
        Region body = Regions.Of([s_round, s_condition, new SequenceType(new TensorType(tokens.DType, null)), .. captures.Select(static v => v.Type)], (r, p) =>
        {
            Value rows = Permuted(r, r.Gather(p[3], Rows(r, p[0], p[5])), [.. Enumerable.Range(1, lead), 0, lead + 1]);
            Value product = r.MatMul(rows, r.Gather(p[4], p[0]));
            return [p[1], r.SequenceInsert(p[2], Permuted(r, product, [lead, .. Enumerable.Range(0, lead), lead + 1]))];
        });
        Value parts = g.Loop([g.SequenceConstruct([none]), .. captures], 1, body, maxTrip: g.DimValue(context.Environment.BatchSize))[0];
        Value joined = g.Reshape(g.ConcatFromSequence(parts, axis: 0), [x.Shape[0], .. result]);
        return joined.DType == dtype ? joined : g.Cast(joined, dtype);
    }

    // [tokens, …] with as many axes between tokens and the last as asked for.
    private static Value Raised(BatchContext context, Value x, int lead) => x.Rank == lead + 2
        ? x
        : context.Emit(new Reshape(x) { Shape = [x.Shape[0], .. Enumerable.Repeat(Dim.One, lead + 2 - x.Rank), .. x.Shape.Skip(1)] });

    private static Value Rows(GraphBuilder r, Value round, Value cu)
    {
        Value one = r.Int(DType.I64, 1);
        return r.Range(r.Gather(cu, round), r.Gather(cu, r.Add(round, one)), one);
    }

    private static Value Permuted(GraphBuilder r, Value x, int[] perm) =>
        perm.Select(static (a, i) => a == i).All(static same => same) ? x : r.Transpose(x, [.. perm.Select(static a => (long)a)]);

    private static Value Zero(GraphBuilder g, DType dtype) => dtype.IsFloat() ? g.Float(dtype, 0) : g.Int(dtype, 0);
}
