using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>The element of x where the condition holds, else that of y; all three broadcast. What is not chosen does not matter, NaN included.</summary>
[Op("where")]
public sealed partial record Where(Value Condition, Value X, Value Y) : Op
{
    public override OpTraits Traits => OpTraits.Exact;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        context.RequireSameDType(X, Y);
        return Condition.DType == DType.Bool
            ? [new TensorType(X.DType, Result(context))]
            : throw context.Error("TSR0206", $"the condition must be bool; it is {Condition.Type}.");
    }

    private Shape? Result(InferContext context) =>
        context.Broadcast(X, Y) is { } chosen && Condition.Tensor.Shape is { } condition ? context.Broadcast(condition, chosen) : null;

    // Exporters ask of each size whether it is −1, and take another then.
    public override IReadOnlyList<Dim>? DimContent(int output)
    {
        if (Condition.Op is not Equal { A.Sizes: { } a, B.Sizes: { } b } || X.Sizes is not { } x || Y.Sizes is not { } y || Condition.Rank > 1 || X.Rank > 1 || Y.Rank > 1)
        {
            return null;
        }

        Dim[] chosen = new Dim[((int[])[a.Count, b.Count, x.Count, y.Count]).Max()];
        static Dim? At(IReadOnlyList<Dim> sizes, int i) => sizes.Count == 1 ? sizes[0] : i < sizes.Count ? sizes[i] : null;
        for (int i = 0; i < chosen.Length; i++)
        {
            if (At(a, i) is not { } left || At(b, i) is not { } right || DimFacts.None.Equal(left, right) is var same && same == Proof.Unknown
                || (same == Proof.Proved ? At(x, i) : At(y, i)) is not { } size)
            {
                return null;
            }

            chosen[i] = size;
        }

        return chosen;
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        (RefTensor condition, RefTensor x, RefTensor y) = (context.Tensor(0), context.Tensor(1), context.Tensor(2));
        long[] dims = Broadcasting.Dims(condition, x, y);
        int[] chosen = Broadcasting.Map(condition, dims);
        int[][] maps = [Broadcasting.Map(x, dims), Broadcasting.Map(y, dims)];
        return [RefTensor.Select([x, y], dims, i =>
        {
            int source = condition.B[chosen[i]] ? 0 : 1;
            return (source, maps[source][i]);
        })];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Broadcasting.Batch(context);

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Where", 9);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("same", "bool[n, 3]", "f32[n, 3]", "f32[n, 3]"),
        Sample("column", "bool[n, 1]", "f32[n, 3]", "f32[]"),
        Sample("all broadcast", "bool[n, 1, 1]", "i64[2, 1]", "i64[3]"),
        Sample("f64", "bool[n]", "f64[n]", "f64[n]"),
        Sample("f16", "bool[n]", "f16[n]", "f16[1]"),
        Sample("i32", "bool[n]", "i32[n]", "i32[1]"),
        Sample("string", "bool[n]", "string[n]", "string[]"),
        Sample("bool", "bool[n]", "bool[n]", "bool[]") with { NoRuntime = UnarySamples.NoKernel },
    ];

    private static OpSample Sample(string name, string condition, string x, string y) =>
        new(name, g => [g.Where(g.In("c", condition), g.In("x", x), g.In("y", y))])
        {
            Sizes = [new Dictionary<string, long> { ["n"] = 3 }, new Dictionary<string, long> { ["n"] = 0 }],
        };
}
