using System.Numerics;

namespace Tessera.Ir.Ops;

/// <summary>The discrete Fourier transform by its definition.</summary>
internal static class Fourier
{
    /// <summary><c>Σ xₙ e^(∓2πi kn / N)</c>; the inverse divides by N.</summary>
    public static Complex[] Transform(Complex[] x, bool inverse)
    {
        Complex[] result = new Complex[x.Length];
        for (long k = 0; k < x.Length; k++)
        {
            Complex sum = Complex.Zero;
            for (long n = 0; n < x.Length; n++)
            {
                sum += x[n] * Complex.FromPolarCoordinates(1, (inverse ? 2 : -2) * Math.PI * (k * n % x.Length) / x.Length);
            }

            result[k] = inverse ? sum / x.Length : sum;
        }

        return result;
    }
}
