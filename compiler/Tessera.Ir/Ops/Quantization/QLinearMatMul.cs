using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A product of quantised matrices, quantised: <c>(a − a_zero) · (b − b_zero) · a_scale · b_scale / y_scale + y_zero</c>, rounded to
/// even before the zero point is added and kept in the range of the result. Scales for all, for each row of a, for each column of b.
/// </summary>
[Op("qlinear_matmul")]
public sealed partial record QLinearMatMul(
    Value A, Value AScale, Value AZero, Value B, Value BScale, Value BZero, Value YScale, Value YZero) : Op
{
    public override OpTraits Traits => OpTraits.Costly;

    public override Dim Macs => Outputs[0].Shape.NumElements * A.Shape[A.Rank - 1];

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        Quantized.Holds(A.DType) && Quantized.Holds(B.DType) && YZero.DType is DType.U8 or DType.I8 && A.DType.IsInteger() && B.DType.IsInteger()
            ? [new TensorType(YZero.DType, IntegerProducts.Shape(context, A, B))]
            : throw context.Error("TSR0206", $"it is not defined for {A.Type} and {B.Type}, to {YZero.DType.Text()}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor product = IntegerProducts.Product(context.Tensor(0), context.Tensor(2), context.Tensor(3), context.Tensor(5));
        Func<int, double> left = Factor(IntegerProducts.Rows(context.Tensor(1)), product.Dims);
        Func<int, double> right = Factor(context.Tensor(4), product.Dims);
        (double scale, long zero) = (context.Tensor(6).F[0], context.Tensor(7).I[0]);
        long At(int i) => Quantized.Clamped(YZero.DType, Math.Round(product.I[i] * left(i) * right(i) / scale, MidpointRounding.ToEven) + zero);
        return [RefTensor.Ints(YZero.DType, product.Dims, [.. Enumerable.Range(0, product.Count).Select(At)])];
    }

    private static Func<int, double> Factor(RefTensor scale, long[] dims)
    {
        if (scale.Count == 1)
        {
            return _ => scale.F[0];
        }

        int[] map = Broadcasting.Map(scale, dims);
        return i => scale.F[map[i]];
    }

    public override IReadOnlyList<Value>? Decompose(GraphBuilder builder)
    {
        if (AScale.Rank > 1 || BScale.Rank > 1)
        {
            return null;
        }

        Value a = builder.DequantizeLinear(A, AScale, AZero, A.Rank - 2);
        Value b = builder.DequantizeLinear(B, BScale, BZero, B.Rank - 1);
        Value product = builder.MatMul(Widening.Up(builder, a), Widening.Up(builder, b));
        return [builder.QuantizeLinear(product, Widening.To(builder, YScale, product.DType), YZero)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => IntegerProducts.Batch(context, b: 3, rows: [1, 2]);

    internal static OnnxMapping Onnx { get; } = new(
        new OnnxRow("QLinearMatMul", 10)
        {
            When = static op => op is QLinearMatMul { AScale.DType: DType.F32, BScale.DType: DType.F32, YScale.DType: DType.F32, A.DType: DType.U8 or DType.I8, B.DType: DType.U8 or DType.I8 },
        },
        new OnnxRow("QLinearMatMul", 21));

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("u8", "u8[n, 3]", "u8[]", "u8[3, 2]", "u8[]", "u8[]"),
        Sample("i8", "i8[2, n, 3]", "i8[]", "i8[3, 2]", "i8[]", "i8[]"),
        Sample("columns", "u8[n, 3]", "u8[]", "i8[3, 2]", "i8[2]", "u8[]"),
    ];

    private static OpSample Sample(string name, string a, string aZero, string b, string bZero, string yZero) => new(name, g =>
    [
        g.QLinearMatMul(
            g.In("a", a), g.In("as", Scale(aZero)), g.In("az", aZero),
            g.In("b", b), g.In("bs", Scale(bZero)), g.In("bz", bZero), g.In("ys", "f32[]"), g.In("yz", yZero)),
    ])
    { Range = (0.5, 1) };

    private static string Scale(string zero) => "f32" + zero[zero.IndexOf('[', StringComparison.Ordinal)..];
}
