using Tessera.Ir;
using Tessera.Nn;
using Tessera.Nn.Models;

namespace Tessera.Gpu.Models;

/// <summary>A whole model, packed, over a batch of images.</summary>
/// <param name="Model">What it is asked for by.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Images">What it is run on.</param>
/// <param name="Type">What it computes in.</param>
internal sealed record ModelCase(string Model, Func<Module> Make, ImageBatch Images, DType Type)
{
    private const string NaViTB = "navit-b16", VMoeB = "v-moe-b16";

    private static readonly (int Rows, int Columns)[] s_upTo32 = [(8, 16), (16, 16), (24, 24), (28, 28), (32, 32), (12, 9), (1, 31)];
    private static readonly (int Rows, int Columns)[] s_upTo14 = [(14, 14), (7, 14), (14, 10), (12, 12), (9, 5), (1, 13)];
    private static readonly (int Rows, int Columns)[] s_small = [(2, 3), (1, 1), (4, 4), (3, 2), (1, 4)];

    public static IReadOnlyList<string> Names { get; } = [NaViTB, VMoeB];

    public string Name => $"{Model}, {Images.Grids.Count} images, {Images.Tokens} patches, {Type.Text()}";

    /// <param name="only">The one model that is wanted; null for all.</param>
    /// <param name="quick">Whether narrow ones of a few blocks do. There are more images than a shape has sizes in any case: <see cref="Placement"/> tells the two apart by their number.</param>
    public static IEnumerable<ModelCase> All(string? only, bool quick) =>
        from model in Names
        where only is null || model == only
        from type in (DType[])[DType.F32, DType.F16]
        select (model, quick) switch
        {
            (NaViTB, false) => new ModelCase(model, NaViT.B16, ImageBatch.Of(16, s_upTo32), type),
            (NaViTB, true) => new(model, static () => new NaViT(new NaViTConfig(32, 3, 2, 64, 4) { Classes = 5 }), ImageBatch.Of(12, s_small), type),
            (_, false) => new(model, VMoe.B16E8, ImageBatch.Of(16, s_upTo14), type),
            (_, true) => new(model, static () => new VMoe(new VMoeConfig(new ViTConfig(32, 4, 2, 64, 4) { Image = 16, Classes = 5 }, 4)), ImageBatch.Of(12, s_small), type),
        };
}
