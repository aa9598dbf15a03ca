using Tessera.Generators.Infra;
using Tessera.Generators.Modules;

namespace Tessera.Generators.Sessions;

/// <summary>The interface of a batched model from the declarations of its module, which are of one example.</summary>
internal sealed class BatchedTypes(EntryModel entry, string batch, string dtype)
{
    public EquatableList<TensorModel> Inputs() =>
        entry.Inputs.Select(i => Of(i.Name, i.Declared, isOptional: false)).Concat(Partitions()).ToEquatableList();

    /// <summary>Of an output that is not declared, its elements are taken for the compute type; the build says where they are not.</summary>
    public EquatableList<TensorModel> Outputs() =>
        entry.Outputs.Select(o => o.Declared is { } declared ? Of(o.Name, declared, o.IsOptional) : new TensorModel(o.Name, dtype, null, o.IsOptional)).ToEquatableList();

    private IEnumerable<TensorModel> Partitions() => batch switch
    {
        "packed" => entry.Ragged.Select(static s => new TensorModel($"cu_seqlens_{s}", "i32", Dims("batch + 1"), false)),
        "padded" => entry.Ragged.Select(static s => new TensorModel($"lengths_{s}", "i32", Dims("batch"), false)),
        _ => [],
    };

    private TensorModel Of(string name, string declared, bool isOptional)
    {
        var open = declared.IndexOf('[');
        var element = declared[..open].Trim();
        var dims = DimList.Cut(declared.Substring(open + 1, declared.LastIndexOf(']') - open - 1)).ToList();
        return new TensorModel(name, element == "f32" ? dtype : element, Batched(dims).ToEquatableList(), isOptional);
    }

    private IEnumerable<string> Batched(List<string> dims)
    {
        var ragged = batch == "packed" ? dims.FindIndex(IsRagged) : -1;
        return batch == "single" ? dims
            : ragged < 0 ? dims.Prepend("batch")
            : dims.Where((_, axis) => axis != ragged).Prepend(Total(dims[ragged]));
    }

    private string Total(string dim) => entry.Ragged.Contains(dim) ? $"total_{dim}" : $"total of {dim}";

    private bool IsRagged(string dim)
    {
        var parser = new DimTextParser(dim);
        parser.ParseDims();
        return parser.Symbols.Any(entry.Ragged.Contains);
    }

    private static EquatableList<string> Dims(params string[] dims) => dims.ToEquatableList();
}
