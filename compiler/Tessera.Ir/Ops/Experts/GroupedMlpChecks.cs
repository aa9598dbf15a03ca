namespace Tessera.Ir.Ops;

/// <summary>Whether operands and attributes of <see cref="GroupedMlp"/> fit together.</summary>
internal static class GroupedMlpChecks
{
    public static TensorType ResultType(InferContext context, GroupedMlp op)
    {
        (Shape x, Shape ids, Shape weights) = (context.ShapeOf(op.X), context.ShapeOf(op.Experts), context.ShapeOf(op.Weights));
        context.RequireSameDType(op.X, op.Weights);
        if (x.Rank != 2 || ids.Rank != 2 || weights.Rank != 2 || !op.X.DType.IsFloat() || op.Experts.DType != DType.I64)
        {
            throw Error(context, $"x must be float [tokens, size], experts i64 and weights float [tokens, experts of each]; they are {op.X.Type}, {op.Experts.Type} and {op.Weights.Type}.");
        }

        context.RequireEqual(x[0], ids[0], "tokens of x and experts");
        context.RequireEqual(ids[0], weights[0], "tokens of experts and weights");
        context.RequireEqual(ids[1], weights[1], "experts of each token and weights");
        if (ids[1].ConstValue is null)
        {
            throw Error(context, $"how many experts a token has must be fixed; it is {ids[1]}.");
        }

        CheckAttributes(context, op);
        Dim result = op.Matrix(0, 1).Weight.Shape is [_, var size] ? size : x[1];
        for (int e = 0; e < op.ExpertCount; e++)
        {
            CheckExpert(context, op, e, x[1], result);
        }

        return new TensorType(op.X.DType, [x[0], result]);
    }

    private static void CheckAttributes(InferContext context, GroupedMlp op)
    {
        if (op.ExpertCount < 1 || op.ExpertCount > op.Tail.Count || op.Tail.Count != op.ExpertCount * op.Stride)
        {
            throw Error(context, $"{op.ExpertCount} experts of {op.Stride} values each are asked for; {op.Tail.Count} values are given.");
        }

        if ((op.ZeroPoints && !op.Scaled) || op.BlockSize < 0 || (op.BlockSize > 0 && !op.Scaled))
        {
            throw Error(context, $"zero points and blocks ({op.BlockSize}) belong to quantised matrices.");
        }

        foreach ((string name, Real value) in (ReadOnlySpan<(string, Real)>)[("alpha", op.Alpha), ("beta", op.Beta), ("limit", op.Limit)])
        {
            if (!double.IsFinite(value.Value) || (name == "limit" && value.Value < 0))
            {
                throw Error(context, $"{name} is {value}; it must be finite, a limit 0 or more.");
            }
        }
    }

    private static void CheckExpert(InferContext context, GroupedMlp op, int expert, Dim size, Dim result)
    {
        Dim first = Columns(context, op, expert, 0, size);
        bool halves = op.Gate is ExpertGate.Interleaved or ExpertGate.Concatenated;
        if (halves && (first.ConstValue is not { } columns || columns % 2 != 0))
        {
            throw Error(context, $"expert {expert}: a matrix that holds a gate must have an even number of columns; it has {first}.");
        }

        Dim hidden = halves ? Dim.FloorDiv(first, 2) : first;
        context.RequireEqual(Columns(context, op, expert, 1, hidden), result, $"expert {expert}: columns of w2 and of the first expert's");
        if (op.Matrices == 3)
        {
            context.RequireEqual(Columns(context, op, expert, 2, size), hidden, $"expert {expert}: columns of w3 and w1");
        }
    }

    private static Dim Columns(InferContext context, GroupedMlp op, int expert, int matrix, Dim rows)
    {
        ExpertMatrix m = op.Matrix(expert, matrix);
        string name = $"expert {expert}: w{matrix + 1}";
        Shape shape = context.ShapeOf(m.Weight);
        if (shape.Rank != 2)
        {
            throw Error(context, $"{name} must be a matrix; it is {m.Weight.Type}.");
        }

        context.RequireEqual(shape[0], rows, $"{name}: rows and the size of what it takes");
        CheckElements(context, op, m, name);
        if (m.Bias is not null)
        {
            context.RequireSameDType(op.X, m.Bias);
            context.RequireEqual(context.ShapeOf(m.Bias) is [var bias] ? bias : Dim.Const(-1), shape[1], $"{name}: sizes of the bias and columns");
        }

        return shape[1];
    }

    private static void CheckElements(InferContext context, GroupedMlp op, ExpertMatrix m, string name)
    {
        if (m.Scale is null)
        {
            context.RequireSameDType(op.X, m.Weight);
            return;
        }

        if (m.Weight.DType is not (DType.I8 or DType.U8 or DType.I4 or DType.U4))
        {
            throw Error(context, $"{name}: quantised matrices are i8, u8, i4 or u4; it is {m.Weight.Type}.");
        }

        context.RequireSameDType(op.X, m.Scale);
        Quantized.Check(context, m.Weight, m.Scale, m.ZeroPoint, op.BlockSize == 0 ? 1 : 0, op.BlockSize);
        if (m.ZeroPoint is not null)
        {
            context.RequireSameDType(m.Weight, m.ZeroPoint);
        }
    }

    private static TesseraException Error(InferContext context, string message) => context.Error("TSR0218", message);
}
