namespace Tessera.Kernels.Cpu.Routing;

/// <summary>The attributes of a sparse top-k.</summary>
internal struct SparseTopKOptions
{
    public long K;
    public double Lambda;

    /// <summary>q − 1 = 1/(p − 1).</summary>
    public double Exponent;
    public bool Magnitude;

    /// <summary>zᵉ for z ≥ 0.</summary>
    public readonly double Power(double z) => Exponent switch
    {
        1 => z,
        3 => z * z * z,
        2 => z * z,
        0.5 => Math.Sqrt(z),
        _ => Math.Pow(z, Exponent),
    };

    /// <summary>From p; exact for what f32 makes of 4/3.</summary>
    public static double ExponentOf(float p) => p == 4f / 3 ? 3 : 1 / ((double)p - 1);
}
