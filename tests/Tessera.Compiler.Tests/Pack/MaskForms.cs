using Tessera.Ir;

namespace Tessera.Compiler.Tests.Pack;

/// <summary>One layer of attention behind each form in which exporters write masks.</summary>
internal static class MaskForms
{
    private const int Longest = 24;

    public static IReadOnlyDictionary<string, Func<ExportedModel>> All { get; } = new Dictionary<string, Func<ExportedModel>>(StringComparer.Ordinal)
    {
        ["(1 - m) * min"] = () => Make(DType.I64, (m, mask, x) => Added(m, m.Node("Mul", [Inverted(m, m.Node("Unsqueeze", [mask, m.Longs(1, 2)])), m.Float(float.MinValue)]))),
        ["(1 - m) * -10000"] = () => Make(DType.F32, (m, mask, x) => Added(m, m.Node("Mul", [Inverted(m, m.Node("Unsqueeze", [mask, m.Longs(1, 2)])), m.Float(-10000)]))),
        ["where(m, 0, -inf)"] = () => Make(DType.Bool, (m, mask, x) => Added(m, m.Node("Where", [m.Node("Unsqueeze", [mask, m.Longs(1, 2)]), m.Float(0), m.Float(float.NegativeInfinity)]))),
        ["filled where not m"] = () => Make(DType.Bool, (m, mask, x) => logits => m.Node("Where", [m.Node("Unsqueeze", [m.Node("Not", [mask]), m.Longs(1, 2)]), m.Float(float.MinValue), logits])),
        ["m == 0, spread"] = () => Make(DType.I64, Spread),
        ["both axes"] = () => Make(DType.I64, BothAxes),
        ["in int32 by its compare with 0"] = () => Make(DType.I32, (m, mask, x) => Added(m, m.Node("Where", [m.Node("Equal", [m.Node("Unsqueeze", [mask, m.Longs(1, 2)]), m.Cast(m.Long(0), DType.I32)]), m.Float(float.MinValue), m.Float(0)]))),
        ["weights that are NaN are 0"] = () => Make(DType.Bool, (m, mask, x) => Added(m, m.Node("Where", [m.Node("Unsqueeze", [mask, m.Longs(1, 2)]), m.Float(0), m.Float(float.NegativeInfinity)])), safe: true),
        ["four axes, added"] = () => Make(DType.F32, (m, mask, x) => Added(m, mask), "batch", 1, 1, "sequence"),
        ["four axes, flags"] = () => Make(DType.F32, (m, mask, x) => Added(m, m.Node("Mul", [Inverted(m, mask), m.Float(-1e9f)])), "batch", 1, 1, "sequence"),
        ["and a triangle of positions"] = () => Make(DType.Bool, Positions),
        ["and a triangle cut to size"] = () => Make(DType.I64, Cut),
        ["and a triangle of ones"] = () => Make(DType.Bool, Ones),
        ["filled into a triangle"] = () => Make(DType.I64, FilledTriangle),
    };

    private static Func<string, string> Added(ExportedModel m, string mask) => logits => m.Node("Add", [logits, mask]);

    private static string Inverted(ExportedModel m, string mask) => m.Node("Sub", [m.Float(1), m.Cast(mask, DType.F32)]);

    private static ExportedModel Make(DType dtype, Func<ExportedModel, string, string, Func<string, string>> masked, params object[] dims) => Make(dtype, masked, false, dims);

    private static ExportedModel Make(DType dtype, Func<ExportedModel, string, string, Func<string, string>> masked, bool safe, params object[] dims)
    {
        ExportedModel m = new(17);
        string x = m.Input("x", DType.F32, "batch", "sequence", 8);
        string mask = m.Input("mask", dtype, dims.Length > 0 ? dims : ["batch", "sequence"]);
        m.Output(PaddedModels.Layer(m, x, masked(m, mask, x), safe), "y");
        return m;
    }

    private static string Square(ExportedModel m, string x) => m.Node("Concat", [m.Size(x, 1), m.Size(x, 1)], ExportedModel.Int("axis", 0));

    private static string Whole(ExportedModel m, string x) => m.Node("Concat", [m.Size(x, 0), m.Longs(1), m.Size(x, 1), m.Size(x, 1)], ExportedModel.Int("axis", 0));

    private static Func<string, string> Spread(ExportedModel m, string mask, string x)
    {
        string wide = m.Node("Expand", [m.Node("Unsqueeze", [m.Node("Equal", [mask, m.Long(0)]), m.Longs(1, 2)]), Whole(m, x)]);
        return logits => m.Node("Where", [wide, m.Float(float.MinValue), logits]);
    }

    private static Func<string, string> BothAxes(ExportedModel m, string mask, string x)
    {
        string both = m.Node("Mul", [m.Node("Unsqueeze", [mask, m.Longs(1)]), m.Node("Unsqueeze", [mask, m.Longs(2)])]);
        return Added(m, m.Node("Mul", [Inverted(m, m.Node("Unsqueeze", [both, m.Longs(1)])), m.Float(-1e9f)]));
    }

    private static Func<string, string> Positions(ExportedModel m, string mask, string x)
    {
        string at = m.Node("Range", [m.Long(0), m.Scalar(x, 1), m.Long(1)]);
        string causal = m.Node("LessOrEqual", [m.Node("Unsqueeze", [at, m.Longs(0)]), m.Node("Unsqueeze", [at, m.Longs(1)])]);
        string both = m.Node("And", [m.Node("Unsqueeze", [causal, m.Longs(0, 1)]), m.Node("Unsqueeze", [mask, m.Longs(1, 2)])]);
        return logits => m.Node("Where", [both, logits, m.Float(float.MinValue)]);
    }

    private static Func<string, string> Cut(ExportedModel m, string mask, string x)
    {
        string triangle = m.Flags([1, 1, Longest, Longest], static i => i % Longest <= i / Longest);
        string rows = m.Node("Slice", [triangle, m.Longs(0), m.Size(x, 1), m.Longs(2), m.Longs(1)]);
        string cut = m.Node("Slice", [rows, m.Longs(0), m.Size(x, 1), m.Longs(3), m.Longs(1)]);
        string added = m.Node("Mul", [Inverted(m, m.Node("Unsqueeze", [mask, m.Longs(1, 2)])), m.Float(float.MinValue)]);
        return logits => m.Node("Add", [m.Node("Where", [cut, logits, m.Float(float.MinValue)]), added]);
    }

    private static Func<string, string> Ones(ExportedModel m, string mask, string x)
    {
        string flags = m.Cast(m.Node("Trilu", [m.Node("Expand", [m.Float(1), Square(m, x)])], ExportedModel.Int("upper", 0)), DType.Bool);
        string both = m.Node("And", [flags, m.Node("Unsqueeze", [mask, m.Longs(1, 2)])]);
        return Added(m, m.Node("Where", [both, m.Float(0), m.Float(float.NegativeInfinity)]));
    }

    // Llama's: the least number above the diagonal, and where padding is.
    private static Func<string, string> FilledTriangle(ExportedModel m, string mask, string x)
    {
        string full = m.Node("Expand", [m.Float(float.MinValue), Square(m, x)]);
        string triangle = m.Node("Expand", [m.Node("Unsqueeze", [m.Node("Trilu", [full, m.Long(1)], ExportedModel.Int("upper", 1)), m.Longs(0, 1)]), Whole(m, x)]);
        string padding = m.Node("Equal", [m.Node("Unsqueeze", [mask, m.Longs(1, 2)]), m.Long(0)]);
        return Added(m, m.Node("Where", [padding, m.Float(float.MinValue), triangle]));
    }
}
