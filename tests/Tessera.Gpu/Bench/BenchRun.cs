using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Tessera.Compiler.Bench;
using Tessera.Gpu.Devices;
using Tessera.Gpu.Rows;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Testing;

namespace Tessera.Gpu.Bench;

/// <summary>
/// Times the ways of a case in turn. ONNX Runtime lets nobody put events on its stream, so it is wall clock: about as many runs as fill a hundredth of a
/// second, all on the stream at once, and one wait at the end. What a launch costs by itself is told beside it: <c>single_us</c> is of one run with its wait.
/// </summary>
internal sealed class BenchRun(BenchCase c, IDevice device, DType type, BenchAsk ask)
{
    private const double LeastSeconds = 0.01;
    private const int MostRuns = 100, SlowestRounds = 3;

    // Two results that each are within the tolerance of the truth, and baselines that round in between.
    private const double Slack = 8;

    private readonly int _rounds = ask.Quick ? SlowestRounds : 9;

    /// <summary>A row for each way, also for one that is refused.</summary>
    public void Write(RowWriter rows)
    {
        using Tensors tensors = new(device);
        List<BenchSide> sides = [];
        try
        {
            foreach ((string name, Func<BenchSide> open) in c.Open(tensors).Where(s => !ask.OursAlone || s.Name.StartsWith(BenchNames.Ours, StringComparison.Ordinal)))
            {
                if (Open(name, open, rows) is { } side)
                {
                    sides.Add(side);
                }
            }

            if (sides.Count > 0)
            {
                Measure(sides, rows);
            }
        }
        catch (Exception error) when (IsRefusal(error))
        {
            rows.Write(Row("all").Fail(error.Message));
        }
        finally
        {
            sides.ForEach(static s => s.Dispose());
        }
    }

    private static bool IsRefusal(Exception error) => error is OnnxRuntimeException or TesseraException or Kernels.TesseraKernelException or InvalidOperationException;

    private Row Row(string side) => new Row("bench", c.Group).Add("case", c.Name).Add("side", side).Add("device", device.Name);

    // Warm: weights are packed, algorithms chosen, a graph captured.
    private BenchSide? Open(string name, Func<BenchSide> open, RowWriter rows)
    {
        BenchSide? side = null;
        try
        {
            side = open();
            for (int i = 0; i < Math.Max(2, side.Sets); i++)
            {
                side.Run(i);
            }

            device.Synchronize();
            return side;
        }
        catch (Exception error) when (IsRefusal(error))
        {
            side?.Dispose();

            // A baseline that is not there is a fact; ours that does not run a failure, and so is a device on which nothing does.
            Row row = Row(name);
            rows.Write(name.StartsWith(BenchNames.Ours, StringComparison.Ordinal) || c.Group == "floor" ? row.Fail(error.Message) : row.Add("refused", error.Message.ReplaceLineEndings(" ")));
            return null;
        }
    }

    private void Measure(List<BenchSide> sides, RowWriter rows)
    {
        double[] singles = [.. sides.Select(s => Quartiles.Of(Enumerable.Range(0, ask.Quick ? 1 : 5).Select(i => Seconds(s, 1, i))).Median)];
        int[] runs = [.. singles.Select(s => ask.Quick ? 1 : (int)Math.Clamp(LeastSeconds / s, 1, MostRuns))];
        List<double>[] times = [.. sides.Select(static _ => new List<double>())];
        for (int round = 0; round < _rounds; round++)
        {
            for (int turn = 0; turn < sides.Count; turn++)
            {
                int i = (turn + round) % sides.Count;
                times[i].Add(Seconds(sides[i], runs[i], round) / runs[i]);
            }
        }

        byte[] ours = sides[0].Result();
        for (int i = 0; i < sides.Count; i++)
        {
            rows.Write(Row(sides, i, times, singles[i], runs[i], ours));
        }
    }

    private Row Row(List<BenchSide> sides, int i, List<double>[] times, double single, int runs, byte[] ours)
    {
        Quartiles seconds = Quartiles.Of(times[i]);
        Row row = Row(sides[i].Name).Add("us", seconds.Median * 1e6).Add("low", seconds.Lower * 1e6).Add("high", seconds.Upper * 1e6)
            .Add("single_us", single * 1e6).Add("runs", runs).Add("rounds", _rounds).Add("sets", sides[i].Sets);
        if (c.Flops > 0)
        {
            row.Add("tflops", c.Flops / seconds.Median / 1e12);
        }

        if (c.Bytes > 0)
        {
            row.Add("gb_s", c.Bytes / seconds.Median / 1e9);
        }

        if (c.Images > 0)
        {
            row.Add("images_s", c.Images / seconds.Median);
        }

        if (i == 0)
        {
            return row;
        }

        Quartiles ratio = Quartiles.Of(times[i].Zip(times[0], static (other, own) => other / own));
        row.Add("against", sides[0].Name).Add("ratio", ratio.Median).Add("ratio_low", ratio.Lower).Add("ratio_high", ratio.Upper);
        return Compared(row, sides[i], ours);
    }

    // Speed means nothing before both agree. Ops of ONNX Runtime may mean something else by a GELU: what they give is told, not judged.
    private Row Compared(Row row, BenchSide side, byte[] ours)
    {
        byte[] other = side.Result();
        double difference = Difference(ours, other);
        bool same = ours.AsSpan().SequenceEqual(other);
        row.Add("difference", difference).Add("same_bits", same);
        return side.Name == BenchNames.Captured && !same ? row.Fail("captured and not captured give other bits")
            : !c.Chooses && side.Name is BenchNames.Body or BenchNames.Mha && !(difference <= Slack * Tolerances.For(type)) ? row.Fail("it gives other numbers than ours")
            : row;
    }

    // Largest difference over the largest element.
    private double Difference(byte[] ours, byte[] other)
    {
        int count = ours.Length * 8 / type.Bits();
        (double[] a, double[] b) = (RefTensors.FromBytes(type, [count], ours).F, RefTensors.FromBytes(type, [count], other).F);
        double largest = 0, scale = 0;
        for (int i = 0; i < count; i++)
        {
            double delta = Math.Abs(a[i] - b[i]);
            largest = double.IsFinite(delta) ? Math.Max(largest, delta) : double.PositiveInfinity;
            scale = Math.Max(scale, Math.Abs(a[i]));
        }

        return scale == 0 ? largest : largest / scale;
    }

    private double Seconds(BenchSide side, int runs, int first)
    {
        device.Synchronize();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < runs; i++)
        {
            side.Run(first + i);
        }

        device.Synchronize();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
