namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Where one thread keeps what it needs for a unit. All of it lies in one rented buffer.</summary>
internal readonly unsafe struct ExpertScratch
{
    private const int Rows = ExpertSchedule.MaxRows + 2, Lanes = 16, MaxPanel = 64;

    /// <summary>From one row of <see cref="X"/> to the next: not a power of two, so that rows do not meet in the cache.</summary>
    public readonly int StrideX;

    /// <summary>The same of <see cref="Gate"/> and <see cref="Value"/>.</summary>
    public readonly int StrideHidden;

    /// <summary>Rows of tokens [rows, D].</summary>
    public readonly float* X;

    /// <summary>A chunk of hidden columns [rows, chunk], and what gates it.</summary>
    public readonly float* Gate;
    public readonly float* Value;

    /// <summary>Biases of a chunk.</summary>
    public readonly float* GateBias;
    public readonly float* ValueBias;

    /// <summary>D' floats.</summary>
    public readonly float* OutputRow;

    /// <summary>A block of weights in f32.</summary>
    public readonly float* Block;

    /// <summary>Scales, zero points and sums of a panel.</summary>
    public readonly float* Scales;

    public ExpertScratch(in ExpertProblem problem, in RowOrder order)
    {
        int chunk = 0, block = 0, output = RoundUp(problem.OutputWidth) + (4 * Lanes);
        for (int e = 0; e < problem.ExpertCount; e++)
        {
            if (!order.HasRows(e))
                continue;
            ref readonly ExpertWeights expert = ref problem.Experts[e];
            chunk = Math.Max(chunk, expert.Gate.Group);
            block = Math.Max(block, Math.Max(expert.Gate.BlockRows, expert.Down.BlockRows) * expert.Gate.Panel);
        }

        StrideX = RoundUp(problem.Width) + Lanes;
        StrideHidden = chunk + Lanes;
        long hidden = (long)Rows * StrideHidden;
        float* p = ThreadScratch.Rent(((long)Rows * StrideX) + (2 * hidden) + (2L * StrideHidden) + output + block + (4 * MaxPanel));
        X = Take(ref p, (long)Rows * StrideX);
        Gate = Take(ref p, hidden);
        Value = Take(ref p, hidden);
        GateBias = Take(ref p, StrideHidden);
        ValueBias = Take(ref p, StrideHidden);
        OutputRow = Take(ref p, output);
        Block = Take(ref p, block);
        Scales = Take(ref p, 4 * MaxPanel);
    }

    private static int RoundUp(int n) => checked(n + Lanes - 1) / Lanes * Lanes;

    private static float* Take(ref float* p, long floats)
    {
        float* start = p;
        p += floats;
        return start;
    }
}
