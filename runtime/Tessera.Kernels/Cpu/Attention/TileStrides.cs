namespace Tessera.Kernels.Cpu.Attention;

/// <summary>How far apart the rows of a product's matrices lie, in floats, and how long its sums are.</summary>
internal readonly struct TileStrides(nint a, nint b, nint c, nint depth)
{
    public readonly nint A = a;
    public readonly nint B = b;
    public readonly nint C = c;

    /// <summary>Columns of A and rows of B.</summary>
    public readonly nint Depth = depth;
}
