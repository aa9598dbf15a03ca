namespace Tessera.Kernels.Cpu.Attention;

/// <summary>Keys From .. From + Count of one segment and head, packed for register tiles, with their values.</summary>
internal readonly unsafe struct KeyBlock
{
    public required int From { get; init; }

    public required int Count { get; init; }

    /// <summary>
    /// Panels of a tile's width each, transposed [D, width], one after another; the last is as wide as it must be, and what
    /// its lanes after the last key hold is undefined.
    /// </summary>
    public required float* Keys { get; init; }

    /// <summary>Rows of a whole number of vectors.</summary>
    public required float* Values { get; init; }

    /// <summary>From one value to the next.</summary>
    public required nint ValueStride { get; init; }

    public int To => From + Count;
}
