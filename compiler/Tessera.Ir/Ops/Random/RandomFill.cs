using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Random numbers of a given shape; f32 unless <see cref="RandomOp.To"/> says otherwise.</summary>
[Op("random_fill")]
public sealed partial record RandomFill : RandomNumbers
{
    public required EquatableArray<long> Sizes { get; init; }

    private DType Result => To == DType.Undefined ? DType.F32 : To;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => Result.IsFloat() && Sizes.All(static s => s >= 0)
        ? [new TensorType(Result, [.. Sizes.Select(static s => Dim.Const(s))])]
        : throw context.Error("TSR0206", $"it is not defined for {Result.Text()} and sizes {Sizes}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context) => [Draw(Result, [.. Sizes])];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("what it draws depends on an element's place among all");

    internal static OnnxMapping Onnx { get; } = new(Row("RandomUniform", RandomKind.Uniform, "low", "high"), Row("RandomNormal", RandomKind.Normal, "mean", "scale"));

    private static OnnxRow Row(string name, RandomKind kind, string first, string second) => new(name, 1)
    {
        Attributes =
        [
            new OnnxAttr.Direct(first, "first"), new OnnxAttr.Direct(second, "second"),
            OnnxAttr.Of("seed"), new OnnxAttr.Direct("dtype", "to"), new OnnxAttr.Direct("shape", "sizes"),
        ],
        When = op => op is RandomFill fill && fill.Kind == kind && IsTold(op),
    };

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("uniform", static g => [g.RandomFill(kind: RandomKind.Uniform, sizes: [2, 3], first: -1, seed: 7)]) { NoRuntime = RandomSamples.Own },
        new("normal", static g => [g.RandomFill(kind: RandomKind.Normal, sizes: [4], first: 1, second: 2, id: 1)]) { NoRuntime = RandomSamples.Own },
    ];
}
