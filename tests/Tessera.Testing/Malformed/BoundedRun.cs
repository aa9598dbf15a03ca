using System.Diagnostics;
using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Testing.Malformed;

/// <summary>How reading, optimising and writing a file ended.</summary>
/// <param name="Error">What was thrown; null where all went well.</param>
/// <param name="Allocated">Bytes that were allocated on the way.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Ended">Whether it came to an end in the time it had.</param>
public sealed record BoundedRun(Exception? Error, long Allocated, TimeSpan Time, bool Ended)
{
    // Smaller than any thread has by default.
    private const int StackBytes = 1 << 20;

    /// <summary>Why this is a defect, whatever the file is; null where it ended as it may.</summary>
    public string? Defect => !Ended ? $"it does not end within {Time.TotalSeconds:F0} s"
        : Error is null or TesseraException { Code: not ("TSR0500" or "TSR0501" or "TSR0502" or "TSR0121") } ? null
        : Error.ToString();

    /// <summary>Runs on a thread of its own with a small stack, so that what hangs is left behind and what nests too deep shows.</summary>
    public static BoundedRun Of(Action action, TimeSpan longest)
    {
        Exception? error = null;
        long allocated = 0;
        long start = Stopwatch.GetTimestamp();
        Thread thread = new(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                action();
            }
#pragma warning disable CA1031 // Whatever it is, it is the result.
            catch (Exception e)
            {
                error = e;
            }
#pragma warning restore CA1031
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }, StackBytes)
        { IsBackground = true };
        thread.Start();
        return thread.Join(longest)
            ? new BoundedRun(error, allocated, Stopwatch.GetElapsedTime(start), true)
            : new BoundedRun(null, 0, Stopwatch.GetElapsedTime(start), false);
    }

    /// <summary>Reads a file, optimises it for every target and makes the models, without writing them.</summary>
    public static BoundedRun OfFile(string path, TimeSpan longest) => Of(
        () =>
        {
            using OnnxModel model = OnnxModel.Load(path);
            foreach (EmitTarget target in Enum.GetValues<EmitTarget>())
            {
                model.Optimize(new OptimizeOptions { Target = target });
            }
        },
        longest);
}
