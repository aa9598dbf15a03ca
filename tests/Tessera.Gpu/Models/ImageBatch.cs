using Tessera.Gpu.Parity;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Gpu.Models;

/// <summary>Images of several sizes, packed: what a vision transformer for one image of n patches takes once it is batched.</summary>
/// <param name="Grids">Rows and columns of patches of each image.</param>
internal sealed record ImageBatch(IReadOnlyList<(int Rows, int Columns)> Grids)
{
    public long Tokens => Grids.Sum(static g => (long)g.Rows * g.Columns);

    /// <summary>So many images, whose sizes take turns.</summary>
    public static ImageBatch Of(int count, params (int Rows, int Columns)[] sizes) => new([.. Enumerable.Range(0, count).Select(i => sizes[i % sizes.Length])]);

    /// <summary>What a packed model calls its sizes.</summary>
    public long SizeOf(string symbol) => symbol switch
    {
        "total_n" => Tokens,
        "batch" => Grids.Count,
        _ => throw new InvalidOperationException($"no image tells the size '{symbol}'."),
    };

    /// <summary>Values of a model's inputs by name.</summary>
    public IReadOnlyDictionary<string, RefTensor> Inputs(Graph graph) => graph.Inputs
        .Select(static v => (((Input)v.Producer).Name, v.DType, v.Shape))
        .ToDictionary(static i => i.Name, i => Input(i.Name, i.DType, i.Shape.Evaluate(SizeOf)));

    private RefTensor Input(string name, DType type, long[] dims) => name switch
    {
        "patches" => ParityCases.Floats(type, 1, seed: 1, dims),
        "rows" => RefTensor.Ints(type, dims, [.. Patches(static (patch, columns) => patch / columns)]),
        "columns" => RefTensor.Ints(type, dims, [.. Patches(static (patch, columns) => patch % columns)]),
        "height" => RefTensor.Ints(type, dims, [.. Grids.Select(static g => (long)g.Rows)]),
        "width" => RefTensor.Ints(type, dims, [.. Grids.Select(static g => (long)g.Columns)]),
        "cu_seqlens_n" => RefTensor.Ints(type, dims, Offsets()),
        _ => throw new InvalidOperationException($"no image tells the input '{name}'."),
    };

    private IEnumerable<long> Patches(Func<int, int, int> number) => Grids.SelectMany(g => Enumerable.Range(0, g.Rows * g.Columns).Select(p => (long)number(p, g.Columns)));

    private long[] Offsets()
    {
        long[] offsets = new long[Grids.Count + 1];
        for (int i = 0; i < Grids.Count; i++)
        {
            offsets[i + 1] = offsets[i] + ((long)Grids[i].Rows * Grids[i].Columns);
        }

        return offsets;
    }
}
