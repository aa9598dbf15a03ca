using System.Text.RegularExpressions;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Whether a whole string matches a regular expression (RE2 syntax).</summary>
[Op("regex_full_match")]
public sealed partial record RegexFullMatch(Value X) : Op
{
    public string Pattern { get; init; } = "";

    public override OpTraits Traits => OpTraits.Costly;

    public override IReadOnlyList<IrType> InferTypes(InferContext context) => X.DType == DType.String
        ? [new TensorType(DType.Bool, X.Tensor.Shape)]
        : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        Regex whole = new($@"\A(?:{Pattern})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        return [RefTensor.Bools(x.Dims, [.. x.S.Select(s => whole.IsMatch(s))])];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [context.Operands[0]! with { Value = context.Emit(this with { X = context.Operands[0]!.Value }) }];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("RegexFullMatch", 20, OnnxAttr.Of("pattern"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("host", static g => [g.RegexFullMatch(StringConcat.Texts(g, [3], "www.google.com", "www.facebook.com", "www.bbc.co.uk"), @"www\.[\w.-]+\.\bcom\b")]),
        new("alternatives", static g => [g.RegexFullMatch(StringConcat.Texts(g, [2, 1], "a", "ab"), "a|b")]),
    ];
}
