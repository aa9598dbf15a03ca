namespace Tessera.Ir.Ops;

/// <summary>The activation functions of recurrent networks by ONNX's names, without regard to case.</summary>
internal static class RecurrentActivation
{
    /// <summary>The functions of one direction after the other.</summary>
    /// <param name="names">Their names; empty for the defaults over again.</param>
    /// <param name="alphas">First parameters of those functions that have one, in order.</param>
    /// <param name="betas">Second parameters likewise.</param>
    /// <param name="defaults">Names for one direction.</param>
    /// <param name="directions">How many directions there are.</param>
    public static Func<double, double>[]? All(EquatableArray<string> names, EquatableArray<Real> alphas, EquatableArray<Real> betas, string[] defaults, int directions)
    {
        string[] all = names.Count > 0 ? [.. names] : [.. Enumerable.Repeat(defaults, directions).SelectMany(static d => d)];
        if (all.Length != defaults.Length * directions)
        {
            return null;
        }

        (int alpha, int beta) = (0, 0);
        Func<double, double>?[] functions = [.. all.Select(name =>
        {
            (double? First, double? Second) absent = Absent(name);
            double a = absent.First is { } first ? alpha < alphas.Count ? alphas[alpha++] : first : 0;
            double b = absent.Second is { } second ? beta < betas.Count ? betas[beta++] : second : 0;
            return Of(name, a, b);
        })];
        return functions.Any(static f => f is null) ? null : [.. functions.OfType<Func<double, double>>()];
    }

    private static (double? Alpha, double? Beta) Absent(string name) => name.ToUpperInvariant() switch
    {
        "LEAKYRELU" => (0.01, null),
        "THRESHOLDEDRELU" or "ELU" => (1, null),
        "HARDSIGMOID" => (0.2, 0.5),
        "AFFINE" => (1, 0),
        "SCALEDTANH" => (1, 1),
        _ => (null, null),
    };

    private static Func<double, double>? Of(string name, double a, double b) => name.ToUpperInvariant() switch
    {
        "RELU" => static x => Math.Max(x, 0),
        "TANH" => Math.Tanh,
        "SIGMOID" => static x => 1 / (1 + Math.Exp(-x)),
        "AFFINE" => x => (a * x) + b,
        "LEAKYRELU" => x => x >= 0 ? x : a * x,
        "THRESHOLDEDRELU" => x => x >= a ? x : 0,
        "SCALEDTANH" => x => a * Math.Tanh(b * x),
        "HARDSIGMOID" => x => Math.Clamp((a * x) + b, 0, 1),
        "ELU" => x => x >= 0 ? x : a * (Math.Exp(x) - 1),
        "SOFTSIGN" => static x => x / (1 + Math.Abs(x)),
        "SOFTPLUS" => static x => x > 30 ? x : Math.Log(1 + Math.Exp(x)),
        _ => null,
    };
}
