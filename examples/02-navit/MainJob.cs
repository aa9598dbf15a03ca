using System.Diagnostics;
using Spectre.Console;
using Tessera.Compiler;
using Tessera.Examples.Images;
using Tessera.Ir;
using Tessera.Nn.Models;
using Tessera.Nn.Weights;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Navit;

/// <summary>Decode, pack, run, and compare: with each image alone, and with the same images padded.</summary>
public static class MainJob
{
    private const int Rounds = 7;

    // The session that rests must not slow the one that is timed.
    private static readonly ModelSessionOptions s_rests = new() { Configure = static o => o.AddSessionConfigEntry("session.force_spinning_stop", "1") };

    public static int Run(MainJobOptions options)
    {
        WeightSet? weights = options.Weights is null ? null : LoadWeights(options.Weights);
        NaViTConfig config = Config(options, weights);
        string[]? labels = ClassNames.Read(options.Labels, config.Classes);
        NaViT model = new(config);
        PatchedImage[] images = LoadImages(options, config);
        PackingPlan plan = PackingPlan.FirstFit([.. images.Select(static i => i.Tokens)], options.Budget, PackingOrder.LongestFirst);
        CompiledModel packed = Compile(model, weights, Batching.Packed, EmitTarget.Tessera);
        if (options.Save is { } path)
        {
            packed.Save(path);
        }

        using ModelSession session = packed.OpenSession(s_rests);
        using ModelSession padded = Compile(model, weights, Batching.Padded, EmitTarget.Ort).OpenSession(s_rests);
        Report report = new(images, config.Classes > 0 ? labels ?? [] : null);
        foreach (IReadOnlyList<int> batch in plan.Batches)
        {
            RunBatch(session, padded, images, batch, report);
        }

        report.Print(plan);
        return 0;
    }

    private static void RunBatch(ModelSession session, ModelSession padded, PatchedImage[] images, IReadOnlyList<int> batch, Report report)
    {
        BatchBuilder builder = Builder(batch.Select(i => images[i]));
        PackedBatch inputs = builder.Pack();
        PaddedBatch paddedInputs = builder.Pad();
        using RunResult result = session.Run(inputs.Inputs);
        for (int row = 0; row < batch.Count; row++)
        {
            using RunResult alone = session.Run(Builder([images[batch[row]]]).Pack().Inputs);
            report.Add(
                batch[row],
                inputs.Row<float>(result["embedding"], row),
                alone.Span<float>("embedding"),
                report.ShowsClasses ? inputs.Row<float>(result["logits"], row) : []);
        }

        report.Time(
            Median(() => session.Run(inputs.Inputs).Dispose(), () => padded.Run(paddedInputs.Inputs).Dispose()));
    }

    private static BatchBuilder Builder(IEnumerable<PatchedImage> images)
    {
        PatchedImage[] all = [.. images];
        return new BatchBuilder()
            .AddTokens("patches", "n", all.Select(static i => i.Patches), all[0].Patch * all[0].Patch * 3)
            .AddTokens("rows", "n", all.Select(static i => i.RowIndices))
            .AddTokens("columns", "n", all.Select(static i => i.ColumnIndices))
            .AddRows("height", all.Select(static i => new[] { (long)i.Rows }))
            .AddRows("width", all.Select(static i => new[] { (long)i.Columns }));
    }

    // NaN in a weight would make every digest NaN: say where it is instead.
    private static WeightSet LoadWeights(string path)
    {
        WeightSet weights = WeightSet.Load(path);
        return weights.FindNonFinite() is [var (name, count), ..]
            ? throw new TesseraException("NAVIT09", path, $"weight '{name}' holds {count.Total} numbers that are NaN or infinite.")
            : weights;
    }

    // Classes come with the weights of a classifier; without them the embedding is the result.
    private static NaViTConfig Config(MainJobOptions options, WeightSet? weights) => NaViT.ConfigOf(options.Preset) with
    {
        Classes = weights is not null && weights.TryGetValue("head.weight", out WeightSource? head) && head.Dims.Count == 2 ? (int)head.Dims[0] : 0,
    };

    private static CompiledModel Compile(NaViT model, WeightSet? weights, Batching batch, EmitTarget target) => AnsiConsole.Status().Start(
        $"compile {batch}",
        status => ModelCompiler.Compile(model, new CompileOptions
        {
            Batch = batch,
            Weights = weights,
            Seed = 1,
            Emit = new EmitOptions { Target = target },
            Progress = step => status.Status($"{batch}: {step}"),
        }));

    private static PatchedImage[] LoadImages(MainJobOptions options, NaViTConfig config)
    {
        Patchifier patchifier = new(config.Patch, options.MaxTokens);
        PatchedImage[] images = options.Images.Count == 0
            ? [.. ImageGenerator.Draw(24).Select(patchifier.Cut)]
            : [.. ImageFolder.Expand(options.Images).Select(path => patchifier.Cut(ImageDecoder.Decode(path)))];
        return Array.Find(images, i => Math.Max(i.Rows, i.Columns) > config.MaxSide) is { } wide
            ? throw new TesseraRuntimeException("NAVIT08", $"'{wide.Name}'",
                $"has a grid of {wide.Rows} × {wide.Columns} patches; the model knows positions up to {config.MaxSide} × {config.MaxSide}.", "Lower --max-tokens or crop the image.")
            : images;
    }

    // Interleaved, so that both see the same machine; the first round warms up.
    private static (double Packed, double Padded) Median(Action packed, Action padded)
    {
        List<(double Packed, double Padded)> times = [];
        for (int round = 0; round <= Rounds; round++)
        {
            times.Add((Time(packed), Time(padded)));
        }

        return (Middle(times.Skip(1).Select(static t => t.Packed)), Middle(times.Skip(1).Select(static t => t.Padded)));
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
