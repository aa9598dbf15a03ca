using System.Globalization;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Compiler.Inspect;
using Tessera.Examples.Images;
using Tessera.Nn;
using Tessera.Nn.Models;
using Tessera.Runtime;

namespace MoeRouting;

/// <summary>Counts of the models, V-MoE over images, a decoder block over texts; each says whether all it checks is right.</summary>
public static class RoutingJob
{
    // Packed, an expert multiplies more rows at once; no sum is another.
    private const double Most = 1e-4;

    /// <summary>Sizes of the literature, without a weight.</summary>
    public static bool Count()
    {
        (string Name, Module Model, long All, long Active)[] models =
        [
            ("Mixtral-8x7B", Mixtral.Large(), 46_702_792_704, 12_879_925_248),
            ("V-MoE-B/16, 8 experts", VMoe.B16E8(), 284_946_664, 114_939_112),
            ("V-MoE-B/16, 32 experts", VMoe.B16E32(), 965_087_464, 115_049_704),
        ];
        foreach ((string name, Module model, long all, long active) in models)
        {
            Line(name, $"{ParameterCount.Of(model).All:N0} weights, {ParameterCount.Active(model):N0} for a token");
        }

        return models.All(static m => (ParameterCount.Of(m.Model).All, ParameterCount.Active(m.Model)) == (m.All, m.Active));
    }

    /// <summary>Routes the patches of images of any size, and draws where they go.</summary>
    public static bool See(IReadOnlyList<PatchedImage> images, int experts, int depth, double capacity, string folder)
    {
        VMoeConfig config = new(ViTConfig.Family["B/16"] with { Depth = depth, Image = 384 }, experts) { Router = Routers.VMoe(2, capacity), ShowsRouting = true };
        if (images.FirstOrDefault(i => Math.Max(i.Rows, i.Columns) > config.Side) is { } large)
        {
            throw new TesseraRuntimeException("MOE01", $"'{large.Name}'", $"has a grid of {large.Rows} × {large.Columns} patches; the model knows places up to {config.Side} × {config.Side}.", "Crop the image.");
        }

        using ModelSession session = Compile(new VMoe(config)).OpenSession();
        (Routed[] routed, double difference) = Routed.PackedAndAlone(session, which => Batch(images, which), images.Count, "logits");
        int blocks = config.MoeBlocks.Count;
        int k = config.Router.K;
        Line($"V-MoE-B/16 of {depth} blocks, {experts} experts", $"first choices of image 1 in its last block with experts, {Dropped(routed[0])} of {routed[0].Experts.Length * blocks * k} dropped");
        Picture.Print(images[0], routed[0], blocks - 1, k, experts);
        string path = Path.Combine(folder, $"v-moe-{experts}.png");
        Picture.Save(path, [.. images.Zip(routed)], blocks, k, experts);
        Line("picture", path);
        return Compare(difference);
    }

    /// <summary>Routes the tokens of texts of several lengths through a decoder block.</summary>
    public static bool Read(IReadOnlyList<int> lengths)
    {
        Random random = new(1);
        float[][] texts = [.. lengths.Select(n => Enumerable.Range(0, n * Decoder.Width).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray())];
        using ModelSession session = Compile(new Decoder()).OpenSession();
        (Routed[] routed, double difference) = Routed.PackedAndAlone(
            session, which => new BatchBuilder().AddTokens("x", "n", which.Select(i => texts[i]), Decoder.Width), texts.Length, "tokens");
        Line("Mixtral-shaped decoder block", $"tokens of text 1 by expert, {string.Join(", ", lengths)} tokens packed");
        Picture.PrintTable(routed[0], Decoder.ExpertCount);
        return Compare(difference);
    }

    private static CompiledModel Compile(Module model) => ModelCompiler.Compile(model, new CompileOptions { Batch = Batching.Packed, Seed = 1 });

    private static BatchBuilder Batch(IReadOnlyList<PatchedImage> images, IEnumerable<int> which)
    {
        PatchedImage[] all = [.. which.Select(i => images[i])];
        return new BatchBuilder()
            .AddTokens("patches", "n", all.Select(static i => i.Patches), 16 * 16 * 3)
            .AddTokens("rows", "n", all.Select(static i => i.RowIndices))
            .AddTokens("columns", "n", all.Select(static i => i.ColumnIndices));
    }

    private static int Dropped(Routed routed) => routed.Experts.Sum(static t => t.Count(static e => e < 0));

    private static bool Compare(double difference)
    {
        Line("packed against alone", double.IsNaN(difference) ? "tokens go elsewhere" : string.Create(CultureInfo.InvariantCulture, $"the same experts, largest difference {difference:E1}"));
        return difference <= Most;
    }

    private static void Line(string what, FormattableString value) => Line(what, value.ToString(CultureInfo.InvariantCulture));

    private static void Line(string what, string value) => AnsiConsole.MarkupLineInterpolated($"[bold]{what}[/]: {value}");
}
