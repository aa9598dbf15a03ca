using Tessera.Compiler;
using Tessera.Nn.Models;
using Tessera.Onnx;
using Tessera.Runtime;

namespace Tessera.Benchmarks.Scheduler;

/// <summary>
/// Images of 16 to 256 patches that 32 threads bring one by one: a <see cref="PackedScheduler"/> against running each by itself, and
/// against batches of eight in order of arrival, padded to the longest. First a minute of all that callers may do, in which every answer
/// is held to that of the image alone, bit by bit.
/// </summary>
internal static class SchedulerBenchmark
{
    private const int Threads = 2;
    private const int Callers = 32;
    private const int PaddedBatch = 8;

    public static IEnumerable<Row> Run(bool quick)
    {
        NaViT model = NaViT.Ti16();
        int patchSize = model.PatchSize;
        using ModelSession packed = Open(model, Batching.Packed, EmitTarget.Tessera);
        new SchedulerSoak(packed, patchSize).Run(Callers, TimeSpan.FromSeconds(quick ? 5 : 60));

        using ModelSession single = Open(model, Batching.Single, EmitTarget.Ort);
        using ModelSession padded = Open(model, Batching.Padded, EmitTarget.Ort);
        using PackedScheduler scheduler = new(packed, new PackedSchedulerOptions { TokenBudget = 2048, WhenFull = QueueFullMode.Wait });
        int pairs = quick ? 3 : 21;
        int count = quick ? 64 : 128;
        Request[] Draw(int pair) => Request.Draw(count, patchSize, seed: pair);
        yield return Pairs.Summary("scheduler", "NaViT-Ti, 32 callers", "one by one, ort", Threads, Pairs.Ratios(
            pairs, Draw, requests => Together(scheduler, requests, patchSize), requests => Alone(single, requests, patchSize)), 0);
        yield return Pairs.Summary("scheduler", "NaViT-Ti, 32 callers", "padded by eights, ort", Threads, Pairs.Ratios(
            pairs, Draw, requests => Together(scheduler, requests, patchSize), requests => Padded(padded, requests, patchSize)), 0);
    }

    private static void Together(PackedScheduler scheduler, Request[] requests, int patchSize)
    {
        int next = -1;
        Thread[] callers = [.. Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
        {
            for (int i = Interlocked.Increment(ref next); i < requests.Length; i = Interlocked.Increment(ref next))
            {
                scheduler.Run(requests[i].Inputs(patchSize)).Dispose();
            }
        }))];
        Array.ForEach(callers, static c => c.Start());
        Array.ForEach(callers, static c => c.Join());
    }

    private static void Alone(ModelSession session, Request[] requests, int patchSize)
    {
        foreach (Request request in requests)
        {
            session.Run(request.Inputs(patchSize)).Dispose();
        }
    }

    private static void Padded(ModelSession session, Request[] requests, int patchSize)
    {
        foreach (Request[] batch in requests.Chunk(PaddedBatch))
        {
            session.Run(Request.Batch(batch, patchSize).Pad().Inputs).Dispose();
        }
    }

    private static ModelSession Open(NaViT model, Batching batch, EmitTarget target) =>
        ModelCompiler.Compile(model, new CompileOptions { Batch = batch, Seed = 1, Emit = new EmitOptions { Target = target } })
            .OpenSession(new ModelSessionOptions
            {
                IntraOpThreads = Threads,
                Configure = static options => options.AddSessionConfigEntry("session.force_spinning_stop", "1"),
            });
}
