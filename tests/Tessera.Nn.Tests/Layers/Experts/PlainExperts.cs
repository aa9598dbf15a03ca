using Tessera.Ir.Ops;

namespace Tessera.Nn.Tests.Layers;

/// <summary>Experts by their formula: every token through every expert, times a table of weights.</summary>
internal static class PlainExperts
{
    /// <summary>y[t] = Σ_e weights[t][e] · expert_e(x[t]), or weights on the input.</summary>
    public static double[][] Mixed(LayerRun run, string path, double[][] x, double[][] weights, ExpertOptions options, string[] names)
    {
        double[][] y = [.. x.Select(_ => Array.Empty<double>())];
        for (int t = 0; t < x.Length; t++)
        {
            for (int e = 0; e < weights[t].Length; e++)
            {
                double weight = weights[t][e];
                bool before = options.WeightOn == WeightSide.Input;
                double[] given = before ? [.. x[t].Select(v => v * weight)] : x[t];
                double[] result = Expert(run, $"{path}{e}.", given, options, names);
                y[t] = y[t] is [] ? new double[result.Length] : y[t];
                if (weight != 0)
                {
                    y[t] = [.. y[t].Zip(result, (a, b) => a + (before ? b : weight * b))];
                }
            }
        }

        return y;
    }

    private static double[] Expert(LayerRun run, string path, double[] x, ExpertOptions options, string[] names)
    {
        double[] Apply(double[] row, string name) => Plain.Linear([row], run.Weight($"{path}{name}.weight"), run.VectorOrNull($"{path}{name}.bias"))[0];
        double[] u = Apply(x, names[0]);
        int half = u.Length / 2;
        (double[] g, double[]? v) = options.Gate switch
        {
            ExpertGate.None => (u, null),
            ExpertGate.Separate => (u, Apply(x, names[2])),
            ExpertGate.Interleaved => ([.. u.Where(static (_, i) => i % 2 == 0)], [.. u.Where(static (_, i) => i % 2 == 1)]),
            _ => (u[..half], u[half..]),
        };
        double bound = options.Limit == 0 ? double.PositiveInfinity : options.Limit;
        double[] h = [.. g.Select((a, i) => Activation(options, Math.Min(a, bound)) * (v is null ? 1 : Math.Clamp(v[i], -bound, bound) + options.Beta))];
        return Apply(h, names[1]);
    }

    private static double Activation(ExpertOptions options, double x) => options.Activation switch
    {
        ExpertActivation.Relu => x > 0 ? x : 0,
        ExpertActivation.Gelu => Plain.Gelu(x),
        ExpertActivation.GeluTanh => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * Math.Pow(x, 3))))),
        ExpertActivation.Silu => x / (1 + Math.Exp(-options.Alpha * x)),
        _ => x,
    };
}
