namespace Tessera.Kernels.Cuda;

/// <summary>What a block has that orders numbers by their keys, as order.cuh does it.</summary>
internal static class KeyOrdering
{
    /// <summary>Of a block.</summary>
    public const int Threads = 256;

    /// <summary><c>OrderShared</c>.</summary>
    public const int SharedBytes = (Positions * sizeof(int)) + (2 * Threads * sizeof(long));

    /// <summary>Numbers that a block takes.</summary>
    private const int Positions = 1024;

    public static int Blocks(long count) => checked((int)((count + Positions - 1) / Positions));
}
