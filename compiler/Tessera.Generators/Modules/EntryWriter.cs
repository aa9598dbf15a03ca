using Microsoft.CodeAnalysis.CSharp;

namespace Tessera.Generators.Modules;

/// <summary>What an entry module gets beyond other modules: signature, trace, presets.</summary>
internal static class EntryWriter
{
    private const string List = "global::System.Collections.Generic.IReadOnlyList";

    public static IEnumerable<Action> Sections(SourceWriter writer, TypeModel type, EntryModel entry)
    {
        yield return () => WriteSignature(writer, entry);
        yield return () => WriteTrace(writer, entry);
        if (entry.AddsFactory)
        {
            yield return () => WriteFactory(writer, type, entry);
        }
    }

    /// <summary>The attributes by which tools find the entry modules of an assembly.</summary>
    public static string WriteAssembly(IEnumerable<(string Type, EntryModel Entry)> entries)
    {
        var writer = new SourceWriter();
        foreach (var (type, entry) in entries.OrderBy(static e => e.Type, StringComparer.Ordinal))
        {
            var presets = entry.Presets.Count == 0 ? "" : $", Presets = new[] {{ {string.Join(", ", entry.Presets.Select(static p => Literal(p.Name)))} }}";
            var hasDefault = entry.HasDefault ? ", HasDefault = true" : "";
            writer.Line($"[assembly: global::Tessera.Nn.ModuleEntry(typeof({type}){presets}{hasDefault})]");
        }

        return ModuleWriter.Header + "\n" + writer;
    }

    /// <summary>An interpolated string whose numbers read the same in every culture.</summary>
    public static string InvariantText(string inside) => inside.Contains('{')
        ? $"string.Create(global::System.Globalization.CultureInfo.InvariantCulture, $\"{inside}\")"
        : $"\"{inside}\"";

    private static void WriteSignature(SourceWriter writer, EntryModel entry)
    {
        writer.Line("/// <inheritdoc/>");
        writer.Line("public override global::Tessera.Nn.ModuleSignature? Signature => new(");
        writer.Continue("[");
        foreach (var input in entry.Inputs)
        {
            writer.Continue($"    new({Literal(input.Name)}, {input.Type}),");
        }

        writer.Continue("],");
        writer.Continue($"[{string.Join(", ", entry.Outputs.Select(static o => Literal(o.Name)))}],");
        writer.Continue($"[{string.Join(", ", entry.Ragged.Select(Literal))}]){Facts(entry)};");
    }

    private static string Facts(EntryModel entry)
    {
        var facts = new List<string>();
        if (entry.Constraints.Count > 0)
        {
            facts.Add($"Constraints = [{string.Join(", ", entry.Constraints)}]");
        }

        if (entry.Outputs.Any(static o => o.Type is not null))
        {
            facts.Add($"DeclaredOutputs = [{string.Join(", ", entry.Outputs.Where(static o => o.Type is not null).Select(static o => $"new({Literal(o.Name)}, {o.Type})"))}]");
        }

        return facts.Count == 0 ? "" : $" {{ {string.Join(", ", facts)} }}";
    }

    private static void WriteTrace(SourceWriter writer, EntryModel entry)
    {
        var arguments = entry.Inputs.Select(static (input, i) => $"{input.Parameter}: inputs[{i}]");
        writer.Line("/// <inheritdoc/>");
        writer.Open($"protected override {List}<global::Tessera.Nn.NamedTensor> Trace({List}<global::Tessera.Nn.Tensor> inputs)");
        writer.Line($"var outputs = Forward({string.Join(", ", arguments)});");
        if (entry.Outputs.Any(static o => o.IsOptional))
        {
            WriteOptional(writer, entry);
        }
        else
        {
            writer.Line($"return [{string.Join(", ", entry.Outputs.Select(static o => $"new({Literal(o.Name)}, {o.Expression})"))}];");
        }

        writer.Close();
    }

    // A result that is null is no output of this model.
    private static void WriteOptional(SourceWriter writer, EntryModel entry)
    {
        writer.Line("var named = new global::System.Collections.Generic.List<global::Tessera.Nn.NamedTensor>();");
        for (var i = 0; i < entry.Outputs.Count; i++)
        {
            var output = entry.Outputs[i];
            if (output.IsOptional)
            {
                writer.Open($"if ({output.Expression} is {{ }} output{i})");
                writer.Line($"named.Add(new({Literal(output.Name)}, output{i}));");
                writer.Close();
            }
            else
            {
                writer.Line($"named.Add(new({Literal(output.Name)}, {output.Expression}));");
            }
        }

        writer.Line("return named;");
    }

    private static void WriteFactory(SourceWriter writer, TypeModel type, EntryModel entry)
    {
        var names = entry.Presets.Count == 0 ? "there are none" : "there are " + string.Join(", ", entry.Presets.Select(static p => p.Name));
        writer.Line("/// <summary>Makes the module by the name of a preset; null asks for the one without arguments.</summary>");
        writer.Line("/// <exception cref=\"global::System.ArgumentException\">No preset has this name.</exception>");
        writer.Open($"public static {type.FullName} FromPreset(string? name = null) => name switch");
        var full = type.FullName.Replace("global::", "");
        writer.Line(entry.HasDefault
            ? "null => new(),"
            : $"null => throw new global::System.ArgumentException({Literal($"{full} is made by a preset; {names}.")}),");

        foreach (var preset in entry.Presets)
        {
            writer.Line($"{Literal(preset.Name)} => {preset.Method}(),");
        }

        writer.Line($"_ => throw new global::System.ArgumentException({Literal($"{full} has no preset '")} + name + {Literal($"'; {names}.")}),");
        writer.Close("};");
    }

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
