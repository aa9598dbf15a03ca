using System.Runtime.CompilerServices;
using Tessera.Kernels.Interop;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>The mixture in f64, token by token and column by column: for completeness, not for speed.</summary>
internal static unsafe class DoubleExperts
{
    public static void Run<TParallel>(in ExpertProblem problem, TParallel parallel)
        where TParallel : IParallel
    {
        fixed (ExpertProblem* shared = &problem)
            parallel.For(problem.Tokens, &Token, shared);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Token(void* state, int token)
    {
        ref readonly ExpertProblem problem = ref *(ExpertProblem*)state;
        int hidden = 0;
        for (int e = 0; e < problem.ExpertCount; e++)
            hidden = Math.Max(hidden, problem.Experts[e].Hidden);
        double* x = (double*)ThreadScratch.Rent(2L * (problem.Width + hidden)), h = x + problem.Width;
        Span<double> output = new((double*)problem.Output + ((long)token * problem.OutputWidth), problem.OutputWidth);
        output.Clear();
        for (int j = 0; j < problem.Choices; j++)
        {
            long assignment = ((long)token * problem.Choices) + j, id = problem.Ids[assignment];
            if ((ulong)id >= (ulong)problem.ExpertCount)
                continue;
            double weight = ((double*)problem.Weights)[assignment];
            for (int d = 0; d < problem.Width; d++)
                x[d] = ((double*)problem.X)[((long)token * problem.Width) + d] * (problem.Options.WeightOnInput ? weight : 1);
            ref readonly ExpertWeights expert = ref problem.Experts[id];
            for (int c = 0; c < expert.Hidden; c++)
                h[c] = Hidden(problem.Options, expert, x, c);
            for (int d = 0; d < problem.OutputWidth; d++)
                output[d] += Column(expert.Down, expert.DownBias, h, d) * (problem.Options.WeightOnInput ? 1 : weight);
        }
    }

    private static double Hidden(in ExpertOptions options, in ExpertWeights expert, double* x, int column)
    {
        double limit = options.Limit > 0 ? options.Limit : double.PositiveInfinity;
        double gate = Math.Min(Column(expert.Gate, expert.GateBias, x, column), limit);
        double active = options.Activation switch
        {
            Activation.Relu => Math.Max(gate, 0),
            Activation.Gelu => gate * DoubleMath.NormalCdf(gate),
            Activation.GeluTanh => 0.5 * gate * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (gate + (0.044715 * gate * gate * gate)))),
            Activation.Silu => gate / (1 + Math.Exp(-options.Alpha * gate)),
            _ => gate,
        };
        return options.IsGated
            ? active * (Math.Max(Math.Min(Column(expert.Value, expert.ValueBias, x, column), limit), -limit) + options.Beta)
            : active;
    }

    private static double Column(in PanelMatrix matrix, in BiasSource bias, double* x, int column)
    {
        double sum = 0;
        for (int k = 0; k < matrix.Rows; k++)
            sum += x[k] * matrix.Source.ReadDouble(k, column);
        return sum + bias.ReadDouble(column);
    }
}
