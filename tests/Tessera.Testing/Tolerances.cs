using Tessera.Ir;
using Tessera.Passes.Replay;

namespace Tessera.Testing;

/// <summary>
/// How far a result may lie from the float64 reference, by element type, relative to the largest reference element.
/// Inputs are rounded to the element type before either side sees them, so this is error of the computation alone.
/// </summary>
public static class Tolerances
{
    /// <summary>
    /// f32: some eighty roundings of 2⁻²⁴. f16, bf16: results are rounded to 11 and 8 bits (half a unit is 4.9e-4 and 3.9e-3)
    /// and ops of several steps round in between: four such roundings. f64: the same eighty of 2⁻⁵³, and polynomial
    /// approximations of elementary functions, which runtimes do not carry out to the last bits.
    /// </summary>
    /// <remarks>The numbers are those by which the compiler itself judges rewrites: there is one table.</remarks>
    public static double For(DType dtype) => ReplayOptions.Default.Tolerance(dtype);
}
