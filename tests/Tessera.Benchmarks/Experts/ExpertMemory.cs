using System.Globalization;

namespace Tessera.Benchmarks.Experts;

/// <summary>
/// Anonymous memory (mapped pages not counted) that a session of experts takes at most, their weights being in a file beside the model. It
/// must be the first session of the process.
/// </summary>
internal static class ExpertMemory
{
    private const double Allowed = 1.1;

    public static Row Row(string folder, ExpertLayer layer)
    {
        // The model is written before anything is counted. No session has been closed: what one gives back stays with the process.
        ExpertSide.Write(folder, layer, 1);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long before = Anonymous();
        using CancellationTokenSource end = new();
        Task<long> most = Task.Run(() => Most(end.Token));
        using (ExpertSide side = ExpertSide.Ours(folder, layer, 1, 1))
        using (ExpertFeed feed = new(layer, 8, 1, false, 1))
        {
            side.Time([feed]);
            end.Cancel();
        }

        double packed = layer.Experts * layer.ExpertBytes;
        long taken = most.Result - before;
        double ratio = packed / taken;
        return new Row("moe", $"E={layer.Experts} anonymous memory, weights external: {taken >> 20} MB", $"packed weights, {(long)packed >> 20} MB, at most 1.1 times", 1, ratio, ratio, ratio, 1 / Allowed);
    }

    private static long Most(CancellationToken end)
    {
        long most = 0;
        do
        {
            most = Math.Max(most, Anonymous());
        }
        while (!end.WaitHandle.WaitOne(5));
        return Math.Max(most, Anonymous());
    }

    private static long Anonymous()
    {
        string line = File.ReadLines("/proc/self/status").First(static l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }
}
