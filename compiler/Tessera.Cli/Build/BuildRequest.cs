using System.Buffers;
using System.Globalization;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Cli.Build;

/// <summary>What one project asks of the tool in one build: an assembly, what it needs to load, and models.</summary>
/// <param name="Assembly">The project's own assembly; null where it has no modules.</param>
/// <param name="References">Assemblies that it may need.</param>
/// <param name="Sources">Where folders of sources lie, by the paths that symbols name them by.</param>
internal sealed record BuildRequest(string? Assembly, IReadOnlyList<string> References, IReadOnlyList<ModelRequest> Models, IReadOnlyList<(string Named, string At)> Sources)
{
    private const string Section = "[model]";

    private static readonly SearchValues<char> s_notInFileNames = SearchValues.Create("<>:\"/\\|?*");

    /// <summary>Reads lines <c>key=value</c>, those of each model behind a line <c>[model]</c>; empty values are not given.</summary>
    /// <exception cref="TesseraException">TSR1222 … TSR1225: a line, a name or a value is wrong.</exception>
    public static BuildRequest Read(string path)
    {
        List<Dictionary<string, string>> sections = [[]];
        List<string> references = [];
        List<(string, string)> sources = [];
        foreach (string line in File.ReadLines(GraphFile.Existing(path)).Where(static l => l.Length > 0))
        {
            if (line == Section)
            {
                sections.Add(new(StringComparer.OrdinalIgnoreCase));
                continue;
            }

            int at = line.IndexOf('=', StringComparison.Ordinal);
            (string key, string value) = at > 0 ? (line[..at], line[(at + 1)..]) : throw new TesseraException("TSR1222", path, $"'{line}' is no key and value.");
            if (key == "reference")
            {
                references.Add(value);
            }
            else if (key == "source" && value.Split('=', 2) is [var named, var place])
            {
                sources.Add((named, place));
            }
            else if (value.Length > 0)
            {
                sections[^1][key] = value;
            }
        }

        ModelRequest[] models = [.. sections.Skip(1).Select(Model)];
        foreach (IGrouping<string, ModelRequest> same in models.GroupBy(static m => m.Name, StringComparer.OrdinalIgnoreCase).Where(static g => g.Count() > 1))
        {
            throw new TesseraException("TSR1223", same.Key, $"{same.Count()} models have this name.", "Give each OnnxModel a Name of its own.");
        }

        return new BuildRequest(sections[0].GetValueOrDefault("assembly"), references, models, sources);
    }

    /// <summary>The same; what is wrong is told, and null returned.</summary>
    public static BuildRequest? TryRead(string path, Terminal terminal)
    {
        try
        {
            return Read(path);
        }
        catch (TesseraException error)
        {
            terminal.Output.WriteLine(BuildMessages.Of(error, error.Place, []));
            return null;
        }
    }

    private static ModelRequest Model(Dictionary<string, string> given)
    {
        string include = Take("include") ?? throw new TesseraException("TSR1222", Section, "it names no module and no file.");
        string name = Take("name") ?? Path.GetFileNameWithoutExtension(include);
        if (name.AsSpan().IndexOfAny(s_notInFileNames) >= 0 || name.Any(char.IsControl))
        {
            throw new TesseraException("TSR1232", name, "a model's name is that of its file, and not every system has files of this name.", "Give it a Name without < > : \" / \\ | ? *.");
        }

        ModelRequest request = new()
        {
            Include = include,
            Name = name,
            Output = Take("output") ?? throw new TesseraException("TSR1222", name, "it names no output."),
            Preset = Take("preset"),
            Batch = Choice<Batching>("batch") ?? Batching.Single,
            DType = Take("dtype") is not { } text ? DType.F32 : DTypes.TryParse(text, out DType type) ? type : throw Wrong("dtype", text, "f32, f16, bf16"),
            Target = Choice<EmitTarget>("target") ?? EmitTarget.Tessera,
            Opset = (int?)Number("opset"),
            Weights = Take("weights"),
            Seed = Number("seed") ?? 0,
            Optimize = Flag("optimize"),
            Verify = Flag("verify"),
            ExternalData = Flag("externaldata"),
            BatchSize = Take("batchsize") ?? "batch",
            Ragged = List("ragged") ?? ["sequence"],
            Masks = List("mask") ?? [],
            Signature = Take("signature"),
            HasSession = Flag("session"),
            Gates = new Gates
            {
                Fusions = Take("requirefusion") is { } fusions ? Gates.ParseFusions(fusions, name) : [],
                MaxNodes = (int?)Number("maxnodes"),
                Tolerance = Real("tolerance"),
            },
        };
        return given.Count == 0 ? request : throw new TesseraException("TSR1222", name, $"there is no option '{given.Keys.First()}'.");

        string? Take(string key) => given.Remove(key, out string? value) ? value : null;

        TesseraException Wrong(string key, string value, string allowed) => new("TSR1224", name, $"{key} is '{value}'; it is one of {allowed}.");

        T? Choice<T>(string key)
            where T : struct, Enum =>
            Take(key) is not { } value ? null
            : char.IsLetter(value[0]) && Enum.TryParse(value, ignoreCase: true, out T one) && Enum.IsDefined(one) ? one
            : throw Wrong(key, value, string.Join(", ", Enum.GetNames<T>().Select(static n => n.ToLowerInvariant())));

        bool Flag(string key) => Take(key) is { } value && (bool.TryParse(value, out bool flag) ? flag : throw Wrong(key, value, "true, false"));

        long? Number(string key) => Take(key) is not { } value ? null
            : long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= int.MaxValue ? number
            : throw Wrong(key, value, "the whole numbers from 0");

        double? Real(string key) => Take(key) is not { } value ? null
            : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 0 ? number
            : throw Wrong(key, value, "the numbers from 0");

        string[]? List(string key) => Take(key)?.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
