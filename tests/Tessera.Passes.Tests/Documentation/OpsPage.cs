using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tessera.Ir;
using Tessera.Ir.Batching;
using Tessera.Ir.Onnx;
using Tessera.Passes.Tests.Batching;
using Tessera.Testing;

namespace Tessera.Passes.Tests.Documentation;

/// <summary>Writes <c>compiler/docs/ops.md</c> from the registry, the ops' own documentation and what their samples do.</summary>
internal sealed partial class OpsPage
{
    private const string Head = """
        # Ops
        Generated from the registry of ops: `TESSERA_BLESS=1 dotnet test tests/Tessera.Passes.Tests --filter OpsPage` writes it anew, a test fails when it is stale.

        *ONNX* lists the forms an op is written in, by operator, domain where it is not `ai.onnx`, and first opset; *some* marks a form that only some attributes or types have. An op without a form at the target is written by its decomposition; one of `ai.tessera` carries it as its function body. *Batch* says which samples of the op have a batched form: all, some, or none; an op refuses by an error where one example would see another (TSR0401).

        """;

    private static readonly Dictionary<string, string> s_families = Repository.Sources("compiler/Tessera.Ir/Ops")
        .SelectMany(static path => OpName().Matches(Repository.Read(path)).Select(m => (Name: m.Groups[1].Value, Family: path.Split('/')[^2])))
        .ToDictionary(static p => p.Name, static p => p.Family, StringComparer.Ordinal);

    private readonly XmlDocs _docs = new(typeof(Op).Assembly);
    private readonly StringBuilder _page = new();

    public static string Write()
    {
        OpsPage page = new();
        page._page.Append(Head);
        foreach (IGrouping<string, OpSchema> family in OpRegistry.All.GroupBy(static s => s_families[s.Name]).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            page._page.Append(CultureInfo.InvariantCulture, $"\n## {family.Key}\n");
            foreach (OpSchema op in family)
            {
                page.Add(op);
            }
        }

        return page._page.ToString().ReplaceLineEndings("\n");
    }

    private void Add(OpSchema op)
    {
        _page.Append(CultureInfo.InvariantCulture, $"\n### {op.Name}\n{_docs.Summary(op.OpType)}\n\n");
        Item("Operands", op.Operands.Count == 0 ? "none" : string.Join(", ", op.Operands.Select(Operand)));
        foreach (OperandSpec operand in op.Operands)
        {
            Note(operand.Name, _docs.Operand(op.OpType, operand.Name));
        }

        Item("Attributes", op.Attributes.Count == 0 ? "none" : string.Join(", ", op.Attributes.Select(Attribute)));
        foreach (AttributeSpec attribute in op.Attributes)
        {
            Note(attribute.Name, _docs.Attribute(op.OpType, attribute.Name));
        }

        Item("ONNX", Forms(op));
        Item("Batch", BatchForms(op));
    }

    private void Item(string what, string text) => _page.Append(CultureInfo.InvariantCulture, $"- {what}: {text}\n");

    private void Note(string name, string text)
    {
        if (text.Length > 0)
        {
            _page.Append(CultureInfo.InvariantCulture, $"  - `{name}`: {text}\n");
        }
    }

    private static string Operand(OperandSpec operand) => operand.Kind switch
    {
        OperandKind.Required => $"`{operand.Name}`",
        OperandKind.Optional => $"`{operand.Name}` (optional)",
        _ => $"`{operand.Name}` (any number)",
    };

    private static string Attribute(AttributeSpec attribute) =>
        $"`{attribute.Name}: {TypeName(attribute.Type)}{(attribute.Required ? "" : $" = {Value(attribute.Default)}")}`";

    private static string TypeName(Type type) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => TypeName(inner),
        { IsGenericType: true } => $"list of {TypeName(type.GetGenericArguments()[0])}",
        { IsEnum: true } when type != typeof(DType) => string.Join(" | ", Enum.GetNames(type).Select(Snake)),
        _ => type == typeof(long) ? "integer" : type == typeof(bool) ? "bool" : Snake(type.Name),
    };

    private static string Value(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        string text => $"\"{text}\"",
        DType dtype => dtype.Text(),
        Enum member => Snake(member.ToString()),
        Real real => real.ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Snake(string name) => name == nameof(DType) ? "dtype" : Boundary().Replace(name, "_").ToLowerInvariant();

    private static string Forms(OpSchema op)
    {
        bool decomposed = op.OpType.GetMethod(nameof(Op.Decompose))!.DeclaringType != typeof(Op);
        string[] rows = [.. (op.Onnx?.Rows ?? []).Select(Form)];
        return (rows, decomposed) switch
        {
            ([], true) => "none; always decomposed",
            ([], false) => s_families[op.Name] == "Leaves" ? "no node: an input or initialiser of the model" : "none; written by the emitter itself",
            (_, true) => $"{string.Join(", ", rows)}; decomposed elsewhere",
            _ => string.Join(", ", rows),
        };
    }

    private static string Form(OnnxRow row)
    {
        string name = row.Domain.Length == 0 ? row.OpType : $"{row.Domain}:{row.OpType}";
        string versions = (row.Until == int.MaxValue ? $"{row.Since}" : $"{row.Since} to {row.Until - 1}")
            + string.Concat(row.Later.Select(static l => l.Since == LaterType.Never ? $", no {l.Type.Text()}" : $", {l.Type.Text()} from {l.Since}"));
        string marks = string.Join(", ", row.Attributes.OfType<OnnxAttr.Fixed>().Select(static a => $"{a.Name} = {a.Value}"));
        return $"`{name}{(marks.Length == 0 ? "" : $" {{{marks}}}")}` {versions}{(row.When is null ? "" : " (some)")}";
    }

    private static string BatchForms(OpSchema op) => op.Samples is null
        ? "by the pass itself"
        : string.Join(", ", Enum.GetValues<BatchMode>().Select(mode => $"{Snake(mode.ToString())} {Extent(op, mode)}"));

    private static string Extent(OpSchema op, BatchMode mode)
    {
        bool[] batched =
        [
            .. op.Samples!().SelectMany(sample => Enum.GetValues<Sharing>().Select(shared => new SampleBatch(sample, mode, shared)))
                .Where(static b => b.Applies)
                .Select(IsBatched),
        ];
        return batched switch
        {
            [] => "untried",
            _ when batched.All(static b => b) => "all",
            _ => batched.Any(static b => b) ? "some" : "none",
        };
    }

    private static bool IsBatched(SampleBatch batch)
    {
        try
        {
            return batch.Batch().Outputs.Count > 0;
        }
        catch (TesseraException refusal) when (refusal.Code is "TSR0401" or "TSR0522")
        {
            return false;
        }
    }

    [GeneratedRegex(@"\[Op\(""(\w+)""\)\]")]
    private static partial Regex OpName();

    [GeneratedRegex(@"(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex Boundary();
}
