using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Determinants of square matrices: <c>x[…, n, n] → […]</c>, by elimination with the greatest pivot of each column.</summary>
[Op("det")]
public sealed partial record Det(Value X) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        if (x.Rank < 2 || !X.DType.IsFloat())
        {
            throw context.Error("TSR0203", $"x must be float […, n, n]; it is {X.Type}.");
        }

        context.RequireEqual(x[x.Rank - 2], x[x.Rank - 1], "rows and columns");
        return [new TensorType(X.DType, [.. x.SkipLast(2)])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        int n = (int)x.Dims[^1];
        IEnumerable<double[]> matrices = Slices.Over(x.Dims, [-2, -1]).Select(s => s.Select(i => x.F[i]).ToArray());
        return [RefTensor.Floats(x.DType, x.Dims[..^2], [.. matrices.Select(m => Eliminate(m, n))])];
    }

    private static double Eliminate(double[] a, int n)
    {
        double product = 1;
        for (int column = 0; column < n; column++)
        {
            int pivot = Enumerable.Range(column, n - column).MaxBy(r => Math.Abs(a[(r * n) + column]));
            double head = a[(pivot * n) + column];
            if (head == 0)
            {
                return 0;
            }

            product *= pivot == column ? head : -head;
            for (int c = column; c < n; c++)
            {
                (a[(pivot * n) + c], a[(column * n) + c]) = (a[(column * n) + c], a[(pivot * n) + c]);
            }

            for (int r = column + 1; r < n; r++)
            {
                double factor = a[(r * n) + column] / head;
                for (int c = column; c < n; c++)
                {
                    a[(r * n) + c] -= factor * a[(column * n) + c];
                }
            }
        }

        return product;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context)
    {
        Batched x = context.Operands[0]!;
        return x.Axis >= context.ShapeOf(0).Rank - 2
            ? throw context.Mixes("one side of its matrices is ragged")
            : [context.Wrap(context.Emit(new Det(x.Value)), context.ResultShape())];
    }

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("Det", 11) { When = static op => ((Det)op).X.DType != DType.BF16 },
        new OnnxRow("Det", 22));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("one", static g => [g.Det(g.In("x", "f32[3, 3]"))]),
        new("several", static g => [g.Det(g.In("x", "f32[n, 2, 2]"))]),
        new("number", static g => [g.Det(g.In("x", "f32[1, 1]"))]),
        new("singular", static g => [g.Det(g.In("x", "f32[2, 2]"))])
        {
            Fixed = new Dictionary<string, RefTensor> { ["x"] = RefTensor.Floats(DType.F32, [2, 2], [1, 2, 2, 4]) },
        },
    ];
}
