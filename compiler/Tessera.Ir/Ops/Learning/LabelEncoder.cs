using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Each element of x looked up among keys and replaced by the value at the same place, or by a default. A NaN is found among keys.</summary>
[Op("label_encoder")]
public sealed partial record LabelEncoder(Value X) : Op
{
    public required TensorContent Keys { get; init; }

    public required TensorContent Values { get; init; }

    /// <summary>One element of the values' type.</summary>
    public required TensorContent Default { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context) =>
        Keys.DType == X.DType && Values.DType == Default.DType && Keys.Count == Values.Count && Default.Count == 1
            ? [new TensorType(Values.DType, X.Tensor.Shape)]
            : throw context.Error("TSR0205", $"keys {Keys} must be of the type of {X.Type} and as many as values {Values}, of whose type the default {Default} must be one.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        RefTensor keys = RefTensors.FromContent(Keys);
        Dictionary<object, int> places = [];
        for (int i = 0; i < keys.Count; i++)
        {
            places.TryAdd(At(keys, i), i);
        }

        return [RefTensor.Select([RefTensors.FromContent(Values), RefTensors.FromContent(Default)], x.Dims, i => places.TryGetValue(At(x, i), out int place) ? (0, place) : (1, 0))];
    }

    private static object At(RefTensor x, int i) => x.DType == DType.String ? x.S[i] : x.DType.IsFloat() ? x.F[i] : x.I[i];

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [context.Operands[0]! with { Value = context.Emit(this with { X = context.Operands[0]!.Value }) }];

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("LabelEncoder", 4)
    {
        Domain = "ai.onnx.ml",
        Attributes = [new OnnxAttr.Direct("keys_tensor", "keys"), new OnnxAttr.Direct("values_tensor", "values"), new OnnxAttr.Direct("default_tensor", "default")],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("numbers", static g => [g.LabelEncoder(g.In("x", "i64[n]"), TensorContent.Vector(0, 2), TensorContent.Vector(5, 7), TensorContent.Vector(-1))]),
        new("texts", static g => [g.LabelEncoder(StringConcat.Texts(g, [2], "a", "c"), TensorContent.FromStrings([2], ["a", "b"]), TensorContent.Vector(1, 2), TensorContent.Vector(9))]),
    ];
}
