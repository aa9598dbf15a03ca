using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Matrix product over the last two axes, <c>a[…, m, k] · b[…, k, n] → […, m, n]</c>; leading axes broadcast.
/// An operand of rank 1 is a row on the left and a column on the right, and its axis leaves the result.
/// </summary>
[Op("matmul")]
public sealed partial record MatMul(Value A, Value B) : Op
{
    public override OpTraits Traits => OpTraits.Costly;

    public override Dim Macs => Outputs[0].Shape.NumElements * A.Shape[A.Rank - 1];

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(A, B);
        (Shape a, Shape b) = (context.ShapeOf(A), context.ShapeOf(B));
        if (a.Rank == 0 || b.Rank == 0)
        {
            throw context.Error("TSR0203", $"operands must have rank 1 or more; they are {A.Type} and {B.Type}.");
        }

        Shape left = a.Rank == 1 ? [1, a[0]] : a;
        Shape right = b.Rank == 1 ? [b[0], 1] : b;
        context.RequireEqual(left[left.Rank - 1], right[right.Rank - 2], "inner sizes");
        Shape lead = context.Broadcast([.. left.SkipLast(2)], [.. right.SkipLast(2)]);
        return [new TensorType(A.DType, [.. lead, .. a.Rank == 1 ? (Shape)[] : [a[a.Rank - 2]], .. b.Rank == 1 ? (Shape)[] : [b[b.Rank - 1]]])];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [Product(context.Tensor(0), context.Tensor(1))];

    /// <summary>The product of two tensors of one element type.</summary>
    internal static RefTensor Product(RefTensor x, RefTensor y)
    {
        RefTensor a = x.Rank == 1 ? x.Reshaped([1, x.Dims[0]]) : x;
        RefTensor b = y.Rank == 1 ? y.Reshaped([y.Dims[0], 1]) : y;
        (int m, int k, int n) = ((int)a.Dims[^2], (int)a.Dims[^1], (int)b.Dims[^1]);
        RefTensor aLead = Lead(a);
        RefTensor bLead = Lead(b);
        long[] lead = Broadcasting.Dims(aLead, bLead);
        (int[] ia, int[] ib) = (Broadcasting.Map(aLead, lead), Broadcasting.Map(bLead, lead));
        long[] dims = [.. lead, .. x.Rank == 1 ? (long[])[] : [m], .. y.Rank == 1 ? (long[])[] : [n]];
        (int, int) At(int i, int p) => (
            (((ia[i / (m * n)] * m) + (i / n % m)) * k) + p,
            (((ib[i / (m * n)] * k) + p) * n) + (i % n));
        return x.DType.IsFloat() ? FloatProduct(a, b, dims, k, At) : IntProduct(a, b, dims, k, At);
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [MatMulBatching.Batch(context)];

    // One element for each matrix: only its position matters to the broadcast.
    private static RefTensor Lead(RefTensor x) =>
        RefTensor.Ints(DType.I64, x.Dims[..^2], new long[x.Dims[..^2].Aggregate(1L, static (p, q) => p * q)]);

    private static RefTensor FloatProduct(RefTensor a, RefTensor b, long[] dims, int k, Func<int, int, (int A, int B)> at)
    {
        double[] sums = new double[dims.Aggregate(1L, static (p, q) => p * q)];
        for (int i = 0; i < sums.Length; i++)
        {
            for (int p = 0; p < k; p++)
            {
                (int ia, int ib) = at(i, p);
                sums[i] += a.F[ia] * b.F[ib];
            }
        }

        return RefTensor.Floats(a.DType, dims, sums);
    }

    private static RefTensor IntProduct(RefTensor a, RefTensor b, long[] dims, int k, Func<int, int, (int A, int B)> at)
    {
        long[] sums = new long[dims.Aggregate(1L, static (p, q) => p * q)];
        for (int i = 0; i < sums.Length; i++)
        {
            for (int p = 0; p < k; p++)
            {
                (int ia, int ib) = at(i, p);
                sums[i] = Wrap.To(a.DType, unchecked(sums[i] + (a.I[ia] * b.I[ib])));
            }
        }

        return RefTensor.Ints(a.DType, dims, sums);
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("MatMul", 1);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("matrix", "f32[n, 3]", "f32[3, 4]"),
        Sample("batched", "f32[2, n, 3]", "f32[2, 3, 4]"),
        Sample("broadcast", "f32[2, 1, n, 3]", "f32[4, 3, 2]"),
        Sample("row", "f32[3]", "f32[2, 3, 4]"),
        Sample("column", "f32[n, 3]", "f32[3]"),
        Sample("dot", "f64[3]", "f64[3]"),
        Sample("no inner", "f32[n, 0]", "f32[0, 2]"),
        Sample("over tokens", "f32[3, n]", "f32[n, 4]"),
        Sample("weights of tokens", "f32[n]", "f32[n, 3]"),
        Sample("dot over tokens", "f32[n]", "f32[n]"),
        Sample("heads over tokens", "f32[2, 3, n]", "f32[n, 4]"),
        Sample("columns", "f32[2, 3]", "f32[3, n]"),
        Sample("weight by token", "f32[2, 3]", "f32[n, 3, 4]"),
        Sample("row by columns", "f32[3]", "f32[2, 3, n]"),
        Sample("token by token", "f32[n, 2, 3]", "f32[n, 3, 2]"),
        Sample("i32", "i32[n, 3]", "i32[3, 2]"),
        Sample("f16", "f16[n, 3]", "f16[3, 2]"),
    ];

    private static OpSample Sample(string name, string a, string b) => new(name, g => [g.MatMul(g.In("a", a), g.In("b", b))]);
}
