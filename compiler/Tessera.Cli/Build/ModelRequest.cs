using Tessera.Compiler;
using Tessera.Compiler.Pack;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Cli.Build;

/// <summary>One model that a build asks for: an <c>OnnxModel</c> item of a project.</summary>
internal sealed record ModelRequest
{
    /// <summary>Name of the model, its file and its session.</summary>
    public required string Name { get; init; }

    /// <summary>Type name of an entry module, or the path of an <c>.onnx</c> file.</summary>
    public required string Include { get; init; }

    /// <summary>The <c>.onnx</c> file to write.</summary>
    public required string Output { get; init; }

    public string? Preset { get; init; }

    public Batching Batch { get; init; }

    public DType DType { get; init; } = DType.F32;

    public EmitTarget Target { get; init; } = EmitTarget.Tessera;

    public int? Opset { get; init; }

    /// <summary>A <c>.safetensors</c> file or a sharded index; null for weights from <see cref="Seed"/>.</summary>
    public string? Weights { get; init; }

    public long Seed { get; init; }

    /// <summary>Whether a file is rewritten for the target; without it, it is taken as it is.</summary>
    public bool Optimize { get; init; }

    /// <summary>Whether each rewritten site is replayed against its original.</summary>
    public bool Verify { get; init; }

    /// <summary>Whether weights go to <c>NAME.onnx.data</c> beside the model.</summary>
    public bool ExternalData { get; init; }

    /// <summary>Of a file that is packed: the name of its number of examples.</summary>
    public string BatchSize { get; init; } = "batch";

    /// <summary>Of a file that is packed: the sizes that padding makes longer.</summary>
    public IReadOnlyList<string> Ragged { get; init; } = ["sequence"];

    /// <summary>Of a file that is packed: inputs that tell tokens from padding.</summary>
    public IReadOnlyList<string> Masks { get; init; } = [];

    /// <summary>Where the interface of a file goes, for the generator of typed sessions; null for nowhere.</summary>
    public string? Signature { get; init; }

    /// <summary>Whether a typed session of a module is written, which takes outputs that are not declared for the compute type.</summary>
    public bool HasSession { get; init; }

    public Gates Gates { get; init; } = new();

    public bool IsFile => Include.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is known of the model when it was last written, beside it.</summary>
    public string KeyFile => Output + ".key";

    public string DataFile => Output + ".data";

    /// <summary>Files of weights, the shards of an index among them.</summary>
    public IEnumerable<string> WeightFiles => Weights is null ? []
        : Weights.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && Path.GetDirectoryName(Path.GetFullPath(Weights)) is { } folder && Directory.Exists(folder)
            ? [Weights, .. Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)]
            : [Weights];

    /// <summary>Where weights go. Whether a file of data comes to be is known before the model is compiled, since a build lists its outputs by then.</summary>
    public SaveOptions Save => ExternalData
        ? new SaveOptions { ExternalAbove = -1, SmallestExternal = 0, DataFileName = Path.GetFileName(DataFile) }
        : new SaveOptions { ExternalAbove = long.MaxValue, DataFileName = Path.GetFileName(DataFile) };

    /// <summary>How a file is packed.</summary>
    public PackOptions Packing => new()
    {
        Batch = BatchSize,
        Ragged = Ragged,
        Masks = Masks,
        Target = Target,
        Opset = Opset,
        Verify = Verify,
    };

    /// <summary>Of a file whose batch is none that a file can have.</summary>
    public TesseraException NoBatchOfFile => new("TSR1224", Name, $"batch is '{Batch}'; a model from a file is single, as it is, or packed.");

    /// <summary>The compute type and all else by which the model differs from others of the same source, in one line.</summary>
    public string Options =>
        $"{Preset} {Batch} {DType.Text()} {Target} {Opset} {Seed} {Optimize} {Verify} {ExternalData} {BatchSize} [{string.Join(',', Ragged)}] [{string.Join(',', Masks)}] {Gates}";
}
