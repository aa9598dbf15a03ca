using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The product <c>(a − a_zero) · (b − b_zero)</c> of 8-bit integers in i32; zero points for all, for each row of a, for each column of b.</summary>
[Op("matmul_integer")]
public sealed partial record MatMulInteger(Value A, Value B, Value? AZero, Value? BZero) : Op
{
    public override OpTraits Traits => OpTraits.Costly;

    public override Dim Macs => Outputs[0].Shape.NumElements * A.Shape[A.Rank - 1];

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => A.DType is DType.U8 or DType.I8 && B.DType is DType.U8 or DType.I8
        ? [new TensorType(DType.I32, IntegerProducts.Shape(context, A, B))]
        : throw context.Error("TSR0206", $"it is not defined for {A.Type} and {B.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor product = IntegerProducts.Product(context.Tensor(0), context.OptionalTensor(2), context.Tensor(1), context.OptionalTensor(3));
        return [RefTensor.Ints(DType.I32, product.Dims, [.. product.I.Select(static v => Wrap.To(DType.I32, v))])];
    }

    public override IReadOnlyList<Value> Decompose(GraphBuilder builder)
    {
        Value Centered(Value x, Value? zero, bool isRows)
        {
            Value wide = builder.Cast(x, DType.I32);
            return zero is null ? wide
                : builder.Sub(wide, builder.Cast(isRows && zero.Rank == 1 ? builder.Reshape(zero, [zero.Shape[0], 1]) : zero, DType.I32));
        }

        return [builder.MatMul(Centered(A, AZero, true), Centered(B, BZero, false))];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => IntegerProducts.Batch(context, b: 1, rows: [2]);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("MatMulInteger", 10);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("plain", static g => [g.MatMulInteger(g.In("a", "u8[n, 3]"), g.In("b", "u8[3, 2]"))]) { IntRange = (0, 256) },
        new("zero points", static g => [g.MatMulInteger(g.In("a", "u8[n, 3]"), g.In("b", "i8[3, 2]"), g.In("az", "u8[]"), g.In("bz", "i8[]"))]),
        new("columns", static g => [g.MatMulInteger(g.In("a", "u8[2, n, 3]"), g.In("b", "u8[3, 2]"), g.In("az", "u8[]"), g.In("bz", "u8[2]"))]),
    ];
}
