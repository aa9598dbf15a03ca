namespace Tessera.Ir.Ops;

/// <summary>What models of classical learning apply to the scores of a row, by ONNX's number: 0 nothing, 1 softmax, 2 logistic, 3 softmax of what is not 0, 4 probit.</summary>
internal static class ScoreTransform
{
    public static double[] Apply(long transform, double[] scores) => transform switch
    {
        0 => scores,
        1 => Softmax(scores, static _ => true),
        2 => [.. scores.Select(static s => 1 / (1 + Math.Exp(-s)))],
        3 => Softmax(scores, static s => Math.Abs(s) > Least),
        _ => [.. scores.Select(Probit)],
    };

    /// <summary>What is smaller counts as 0.</summary>
    private const double Least = 1e-7;

    private static double[] Softmax(double[] scores, Func<double, bool> counts)
    {
        double largest = scores.Max();
        double[] powers = [.. scores.Select(s => counts(s) ? Math.Exp(s - largest) : 0)];
        double sum = powers.Sum();
        return sum == 0 ? powers : [.. powers.Select(p => p / sum)];
    }

    // √2 · erf⁻¹(2 s − 1), by Newton's steps on the error function from an estimate by logarithms (Winitzki, "A handy approximation for the error function", 2008).
    private static double Probit(double score)
    {
        double y = (2 * score) - 1;
        if (y is <= -1 or >= 1 or double.NaN)
        {
            return y == 1 ? double.PositiveInfinity : y == -1 ? double.NegativeInfinity : double.NaN;
        }

        const double a = 0.147;
        double logarithm = Math.Log(1 - (y * y));
        double half = (2 / (Math.PI * a)) + (logarithm / 2);
        double x = Math.Sign(y) * Math.Sqrt(Math.Sqrt((half * half) - (logarithm / a)) - half);
        for (int i = 0; i < 4; i++)
        {
            x -= (Evaluate.SpecialFunctions.Erf(x) - y) * Math.Sqrt(Math.PI) / 2 * Math.Exp(x * x);
        }

        return Math.Sqrt(2) * x;
    }
}
