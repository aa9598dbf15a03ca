using System.Text.RegularExpressions;
using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Each string cut at a delimiter, or at runs of white space where it is empty, at most <see cref="MaxSplit"/> times. Results: the parts along a
/// new last axis, filled up with empty strings, and how many each string has.
/// </summary>
[Op("string_split")]
public sealed partial record StringSplit(Value X) : Op
{
    public string Delimiter { get; init; } = "";

    /// <summary>Negative means no limit.</summary>
    public long MaxSplit { get; init; } = -1;

    public override int OutputCount => 2;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        return X.DType == DType.String
            ? [new TensorType(DType.String, x.Insert(x.Rank, context.Fresh(0, x.Rank))), new TensorType(DType.I64, x)]
            : throw context.Error("TSR0206", $"it is not defined for {X.Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        string[][] parts = [.. x.S.Select(Cut)];
        int most = parts.Select(static p => p.Length).DefaultIfEmpty(0).Max();
        return
        [
            RefTensor.Strings([.. x.Dims, most], [.. parts.SelectMany(p => Enumerable.Range(0, most).Select(i => i < p.Length ? p[i] : ""))]),
            RefTensor.Ints(DType.I64, x.Dims, [.. parts.Select(static p => (long)p.Length)]),
        ];
    }

    private string[] Cut(string text)
    {
        int limit = MaxSplit < 0 || MaxSplit >= int.MaxValue ? int.MaxValue : (int)MaxSplit + 1;
        if (Delimiter.Length > 0)
        {
            return text.Length == 0 ? [] : text.Split(Delimiter, limit);
        }

        string start = text.TrimStart();
        return start.Trim().Length == 0 ? []
            : limit == int.MaxValue ? Regex.Split(start.Trim(), @"\s+", RegexOptions.None, TimeSpan.FromSeconds(10))
            : new Regex(@"\s+", RegexOptions.None, TimeSpan.FromSeconds(10)).Split(start, limit) is [.. var kept, ""] ? kept
            : new Regex(@"\s+", RegexOptions.None, TimeSpan.FromSeconds(10)).Split(start, limit);
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("how many parts a string has differs by example");

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("StringSplit", 20, OnnxAttr.Of("delimiter"), new OnnxAttr.Direct("maxsplit", "max_split"));

    internal static IEnumerable<OpSample> Samples() =>
    [
        new("delimiter", static g => g.StringSplit(StringConcat.Texts(g, [2], "a,b,,c", "d"), ",")),
        new("white space", static g => g.StringSplit(StringConcat.Texts(g, [2], "hello  world ", "one"))),
        new("limited", static g => g.StringSplit(StringConcat.Texts(g, [2, 1], "a.b.c", "d.e"), ".", 1)),
    ];
}
