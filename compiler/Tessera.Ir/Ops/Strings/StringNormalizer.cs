using System.Globalization;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Strings <c>[C]</c> or <c>[1, C]</c> without stop words, in upper or lower case; where none is left, one empty string.</summary>
[Op("string_normalizer")]
public sealed partial record StringNormalizer(Value X) : Op
{
    /// <summary>NONE, LOWER or UPPER.</summary>
    public string CaseChangeAction { get; init; } = "NONE";

    /// <summary>Whether stop words are told from others by case.</summary>
    public bool IsCaseSensitive { get; init; }

    /// <summary>Name of a locale such as <c>en_US</c>; empty for none.</summary>
    public string Locale { get; init; } = "";

    public EquatableArray<string> Stopwords { get; init; }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        Dim count = context.Fresh(0, x.Rank - 1);
        return X.DType == DType.String && x.Rank is 1 or 2
            ? [new TensorType(DType.String, x.Rank == 1 ? [count] : [1, count])]
            : throw context.Error("TSR0203", $"it takes strings [C] or [1, C]; x is {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        HashSet<string> stop = new(Stopwords, IsCaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        string[] kept = [.. x.S.Where(s => !stop.Contains(s)).Select(Cased)];
        kept = kept.Length == 0 ? [""] : kept;
        return [RefTensor.Strings(x.Rank == 1 ? [kept.Length] : [1, kept.Length], kept)];
    }

    private string Cased(string text) => CaseChangeAction switch
    {
        "UPPER" => text.ToUpper(CultureInfo.InvariantCulture),
        "LOWER" => string.Create(text.Length, text, static (to, from) => from.AsSpan().ToLowerInvariant(to)),
        _ => text,
    };

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("how many strings are left differs by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple(
        "StringNormalizer", 10, OnnxAttr.Of("case_change_action"), OnnxAttr.Of("is_case_sensitive"), OnnxAttr.Of("locale"), OnnxAttr.Of("stopwords"));

    private const string NoLocale = "ONNX Runtime asks the system for the locale en_US, which need not be there";

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("lower", static g => [g.StringNormalizer(StringConcat.Texts(g, [3], "Monday", "TUESDAY", "friday"), "LOWER", true, stopwords: ["friday"])]) { NoRuntime = NoLocale },
        new("nothing left", static g => [g.StringNormalizer(StringConcat.Texts(g, [1, 2], "monday", "monday"), "UPPER", true, stopwords: ["monday"])]) { NoRuntime = NoLocale },
    ];
}
