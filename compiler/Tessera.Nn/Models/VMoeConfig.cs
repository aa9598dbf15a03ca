using Tessera.Ir;

namespace Tessera.Nn.Models;

/// <summary>Sizes and choices of a V-MoE.</summary>
/// <param name="Vit">The vision transformer whose MLPs some blocks replace.</param>
/// <param name="Experts">Experts of each such block.</param>
public sealed record VMoeConfig(ViTConfig Vit, int Experts)
{
    /// <summary>Every so many blocks the last is one with experts: 2 for every other.</summary>
    public int Every { get; init; } = 2;

    /// <summary>Only the last so many of these have experts ("last n" of the paper); 0 for all.</summary>
    public int Last { get; init; }

    /// <summary>How tokens come to experts.</summary>
    public RouteOptions Router { get; init; } = Routers.VMoe();

    /// <summary>Whether the model also gives out where its patches went.</summary>
    public bool ShowsRouting { get; init; }

    /// <summary>Rows, and columns, of patches that there are positions for.</summary>
    public int Side => Vit.Image / Vit.Patch;

    /// <summary>Blocks with experts, from 0.</summary>
    public IReadOnlyList<int> MoeBlocks
    {
        get
        {
            int[] all = [.. Enumerable.Range(0, Vit.Depth).Where(i => i % Every == Every - 1)];
            return Last == 0 ? all : all[^Math.Min(Last, all.Length)..];
        }
    }

    /// <summary>This configuration, if a model can have it.</summary>
    /// <exception cref="TesseraException">TSR0607: a size is out of range, or one does not divide another.</exception>
    public VMoeConfig Checked()
    {
        const string Place = "VMoe";
        Vit.Checked();
        ModelSizes.InRange(Place, "number of experts", Experts);
        ModelSizes.InRange(Place, "distance of blocks with experts", Every, most: Vit.Depth);
        ModelSizes.InRange(Place, "number of blocks with experts", Last, least: 0);
        return Vit.Parallel
            ? throw new TesseraException("TSR0607", Place, "its blocks are not parallel ones.", "Set Parallel to false.")
            : this;
    }
}
