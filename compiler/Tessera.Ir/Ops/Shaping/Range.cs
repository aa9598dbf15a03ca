using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// <c>start, start + delta, …</c> up to before limit: <c>max(⌈(limit − start) / delta⌉, 0)</c> numbers. Where all three follow
/// from sizes and delta is a constant, so does the size of the result.
/// </summary>
[Op("range")]
public sealed partial record Range(Value Start, Value Limit, Value Delta) : Op
{
    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(Start, Limit);
        context.RequireSameDType(Start, Delta);
        foreach (Value operand in (Value[])[Start, Limit, Delta])
        {
            if (context.ShapeOf(operand).Rank != 0)
            {
                throw context.Error("TSR0203", $"operands must be scalars; one is {operand.Type}.");
            }
        }

        return Start.DType.IsFloat() || Start.DType.IsInteger()
            ? [new TensorType(Start.DType, [Size(context) ?? (IsCount ? context.SizeOf(Limit, 0, 0) : context.Fresh(0, 0))])]
            : throw context.Error("TSR0206", $"it is not defined for {Start.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor start, RefTensor limit, RefTensor delta) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        if (delta.Number(0) == 0)
        {
            throw context.Error("delta is 0.");
        }

        if (start.DType.IsFloat())
        {
            int count = (int)Math.Max(0, Math.Ceiling((limit.F[0] - start.F[0]) / delta.F[0]));
            return [RefTensor.Floats(start.DType, [count], [.. Enumerable.Range(0, count).Select(i => start.F[0] + (i * delta.F[0]))])];
        }

        long length = Math.Max(0, Dim.CeilDiv(limit.I[0] - start.I[0], delta.I[0]).ConstValue!.Value);
        return [RefTensor.Ints(start.DType, [length], [.. Enumerable.Range(0, (int)length).Select(i => start.I[0] + (i * delta.I[0]))])];
    }

    public override IReadOnlyList<Dim>? DimContent(int output) =>
        Outputs[0].Shape[0].ConstValue is <= Value.MostSizes and var count && Content(Start) is { } start && Content(Delta) is { } delta
            ? [.. Enumerable.Range(0, (int)count).Select(i => start + (delta * i))]
            : null;

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [RangeBatching.Batch(context, this)];

    internal static Dim? Content(Value scalar) => scalar.Sizes is [var only] ? only : null;

    // 0, 1, …: as many numbers as the limit says.
    private bool IsCount => Limit.DType == DType.I64 && Content(Start) == Dim.Zero && Content(Delta) == Dim.One;

    private Dim? Size(InferContext context)
    {
        if (Content(Start) is not { } start || Content(Limit) is not { } limit || Content(Delta)?.ConstValue is not { } delta || delta == 0)
        {
            return null;
        }

        Dim count = delta > 0 ? Dim.CeilDiv(limit - start, delta) : Dim.CeilDiv(start - limit, -delta);
        return context.Facts.Simplify(Dim.Max(context.Facts.Simplify(count), 0));
    }

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Range", 11)
        .TakesFrom(27, DType.F16, DType.BF16, DType.I8, DType.U8, DType.U16, DType.U32, DType.U64);

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("positions", static g => [g.Range(g.Int(DType.I64, 0), Length(g), g.Int(DType.I64, 1))]) { Sizes = ShapingSamples.Sizes },
        new("backwards", static g => [g.Range(Length(g), g.Int(DType.I64, -1), g.Int(DType.I64, -2))]) { Sizes = ShapingSamples.Sizes },
        Given("i32", DType.I32, 2, 9, 3),
        Given("nothing", DType.I64, 2, 2, 1),
        Given("wrong way", DType.I64, 2, 5, -1),
        Given("f32", DType.F32, 0.5, 3, 0.25),
    ];

    private static Value Length(GraphBuilder g) => g.Squeeze(g.ShapeOf(g.In("x", "f32[n]")), [0]);

    private static OpSample Given(string name, DType dtype, double start, double limit, double delta)
    {
        RefTensor Scalar(double value) => dtype.IsFloat() ? RefTensor.Floats(dtype, [], [value]) : RefTensor.Ints(dtype, [], [(long)value]);
        string type = $"{dtype.Text()}[]";
        return new OpSample(name, g => [g.Range(g.In("start", type), g.In("limit", type), g.In("delta", type))])
        {
            Fixed = new Dictionary<string, RefTensor> { ["start"] = Scalar(start), ["limit"] = Scalar(limit), ["delta"] = Scalar(delta) },
        };
    }
}
