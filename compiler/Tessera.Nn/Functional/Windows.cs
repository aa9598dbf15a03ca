using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>What convolutions and pools of one example <c>x[channels, s…]</c> share.</summary>
internal static class Windows
{
    /// <summary>Number of spatial axes.</summary>
    /// <exception cref="TesseraException">TSR0617: there are none, or not as many as the window has.</exception>
    public static int Axes(Tensor x, string what, int? wanted = null)
    {
        int axes = x.Rank - 1;
        return axes >= 1 && (wanted is null || axes == wanted) ? axes : throw new TesseraException(
            "TSR0617",
            x.Tracer.Here().ToString(),
            $"{what} moves over {wanted?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "1 or more"} axes, and x is {x.Value.Type}.",
            "x is one example, channels first: [channels, s…].");
    }

    /// <summary>An op of <c>[N, channels, s…]</c> on one example.</summary>
    public static Tensor Alone(Tensor x, Func<Value, Op> op)
    {
        Tensor one = x.Unsqueeze(0);
        return one.Emit(_ => op(one.Value)).Squeeze(0);
    }
}
