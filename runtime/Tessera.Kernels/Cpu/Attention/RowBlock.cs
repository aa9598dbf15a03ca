namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Up to <see cref="AttentionScratch.MaxRows"/> queries of one head, and what is known of their results so far.</summary>
internal readonly unsafe struct RowBlock
{
    public required int Head { get; init; }

    /// <summary>The first query, counted from the start of its segment.</summary>
    public required int Query { get; init; }

    public required int Count { get; init; }

    /// <summary>Normalised and scaled to units of log 2 [rows, D]; rows after the last are 0 up to an even number.</summary>
    public required float* Queries { get; init; }

    /// <summary>Unnormalised output [rows, E rounded up].</summary>
    public required float* Sum { get; init; }

    /// <summary>Largest logit of each row.</summary>
    public required float* Max { get; init; }

    /// <summary>Sums of exponentials, a vector for each row [rows, 16].</summary>
    public required float* Total { get; init; }

    /// <summary>Whether any keys have been seen.</summary>
    public required bool* Started { get; init; }

    /// <summary>What register tiles take.</summary>
    public int EvenCount => (Count + 1) & ~1;

    public KeyRange First(in AttentionProblem problem, int keys) => KeyRange.VisibleTo(Query, problem.Options, keys);

    public KeyRange Last(in AttentionProblem problem, int keys) => KeyRange.VisibleTo((long)Query + Count - 1, problem.Options, keys);
}
