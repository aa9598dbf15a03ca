using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>y[t] = Σ_j weight[t, j] · result of (t, j), choice by choice, so that the order never changes; 0 where there is none.</summary>
internal static unsafe class ExpertSum<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in ExpertJob job, int from, int to)
    {
        ref readonly ExpertProblem problem = ref *job.Problem;
        int width = problem.OutputWidth;
        float* sum = ThreadScratch.Rent(job.ResultStride);
        for (int t = from; t < to; t++)
        {
            new Span<float>(sum, job.ResultStride).Clear();
            for (int j = 0; j < problem.Choices; j++)
            {
                int assignment = (t * problem.Choices) + j, row = job.Order.Row[assignment];
                if (row >= 0)
                    Add(job, job.Schedule.Results[row], Weight(problem, assignment), sum, width);
            }

            problem.Storage.Save(sum, problem.Storage.At(problem.Output, (long)t * width), width);
        }
    }

    private static float Weight(in ExpertProblem problem, int assignment) =>
        problem.Options.WeightOnInput ? 1 : problem.Storage.Read(problem.Weights, assignment);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(in ExpertJob job, in RowResult result, float weight, float* sum, int width)
    {
        float* first = job.Results + result.First;
        nint stride = (nint)result.Stride;
        TVec w = TSimd.All(weight);
        for (int d = 0; d < width; d += TSimd.Width)
        {
            TVec x = TSimd.Load(first + d);
            for (int p = 1; p < result.Parts; p++)
                x = TSimd.Add(x, TSimd.Load(first + d + (p * stride)));
            TSimd.Store(TSimd.Fma(x, w, TSimd.Load(sum + d)), sum + d);
        }
    }
}
