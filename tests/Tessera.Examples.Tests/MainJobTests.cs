using System.Text;
using Navit;
using SkiaSharp;
using Tessera.Ir;
using Tessera.Nn.Weights;
using Tessera.Runtime;
using Xunit;

namespace Tessera.Examples.Tests;

/// <summary>What the main job refuses, with code and place, before it has compiled or written anything; and one run through.</summary>
public sealed class MainJobTests : IDisposable
{
    private readonly ImageFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_file_that_is_no_image_is_refused() => Assert.Equal("NAVIT02", Refusal(Options(Write("a.png", "no image"))));

    [Fact]
    public void A_folder_without_images_is_refused() => Assert.Equal("NAVIT07", Refusal(Options(_files.Folder)));

    [Fact]
    public void An_image_smaller_than_a_patch_is_refused() => Assert.Equal("NAVIT05", Refusal(Options(Png("small.png", 20, 9))));

    [Fact]
    public void An_image_over_the_token_budget_is_refused() =>
        Assert.Equal("TSR0733", Refusal(Options(Png("large.png", 64, 64)) with { Budget = 15 }));

    [Fact]
    public void A_grid_longer_than_the_models_positions_is_refused() =>
        Assert.Equal("NAVIT08", Refusal(Options(Png("long.png", 16 * 65, 16))));

    [Fact]
    public void A_truncated_weights_file_is_refused_by_name()
    {
        string weights = Write("w.safetensors", "too short");
        TesseraException error = Assert.Throws<TesseraException>(() => MainJob.Run(Options(Png("a.png", 32, 32)) with { Weights = weights }));
        Assert.Contains("w.safetensors", error.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_classes_must_be_those_of_the_classifier()
    {
        MainJobOptions options = Options(Png("a.png", 32, 32));
        Fails.With("NAVIT10", () => MainJob.Run(options with { Labels = Path.Combine(_files.Folder, "none.txt") }), "none.txt", "--labels");
        string names = Write("names.txt", "cat\ndog\n");
        Fails.With("NAVIT11", () => MainJob.Run(options with { Labels = names }), "no classifier");
        string weights = Path.Combine(_files.Folder, "w.safetensors");
        SafetensorsWriter.Write(weights, [KeyValuePair.Create<string, WeightSource>("head.weight", MemoryWeightSource.Of<float>(new float[3 * 192], 3, 192))]);
        Fails.With("NAVIT12", () => MainJob.Run(options with { Labels = names, Weights = weights }), "has 2 lines", "3 classes");
    }

    [Fact]
    public void An_image_runs_from_file_to_embedding_and_the_model_is_kept()
    {
        string save = Path.Combine(_files.Folder, "model.onnx");
        Assert.Equal(0, MainJob.Run(Options(Png("a.png", 48, 32)) with { Save = save }));
        using ModelSession session = ModelSession.Open(save);
        Assert.Equal(["patches", "rows", "columns", "height", "width", "cu_seqlens_n"], session.Inputs.Select(static i => i.Name));
    }

    private static string Refusal(MainJobOptions options) =>
        Assert.Throws<TesseraRuntimeException>(() => MainJob.Run(options)).Code;

    private static MainJobOptions Options(params string[] images) => new(images, "Ti16", null, null, null, MaxTokens: 1024, Budget: 4096);

    private string Write(string name, string text) => _files.Bytes(name, Encoding.UTF8.GetBytes(text));

    private string Png(string name, int width, int height) =>
        _files.Png(name, width, height, static (row, column) => new SKColor((byte)(row * 5), (byte)(column * 5), 90));
}
