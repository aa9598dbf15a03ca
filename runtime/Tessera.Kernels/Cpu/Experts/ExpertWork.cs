using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>One unit of work: a block of rows through an expert, chunk by chunk of its hidden columns.</summary>
internal static unsafe class ExpertWork<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    /// <param name="job">What is computed.</param>
    /// <param name="scratch">The thread's own.</param>
    /// <param name="unit">Its part.</param>
    /// <param name="loaded">The first row of those that the scratch holds; units of the same rows often follow each other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in ExpertJob job, in ExpertScratch scratch, in ExpertUnit unit, ref int loaded)
    {
        if (loaded != unit.Row)
            Load(job, scratch, unit);
        loaded = unit.Row;
        float* result = job.Results + unit.Result;
        if (unit.Chunks == 0)
            NativeMemory.Clear(result, (nuint)unit.Count * (nuint)job.ResultStride * sizeof(float));
        for (int n = 0; n < unit.Chunks; n++)
        {
            Chunk(job, scratch, unit, unit.Chunk + n, result, add: n > 0);
            if (unit.Chunk + n == 0)
                AddBias(job, scratch, unit, result);
        }

        if (unit.Chunks == 0)
            AddBias(job, scratch, unit, result);
    }

    /// <summary>Rows of tokens in f32, one after another, weighted where the weight is on the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load(in ExpertJob job, in ExpertScratch scratch, in ExpertUnit unit)
    {
        ref readonly ExpertProblem problem = ref *job.Problem;
        int width = problem.Width;
        for (int i = 0; i < unit.Count; i++)
        {
            int assignment = job.Order.Assignment[unit.Row + i];
            float* row = scratch.X + ((nint)i * scratch.StrideX);
            problem.Storage.Load(problem.Storage.At(problem.X, assignment / problem.Choices * (long)width), row, width);
            if (problem.Options.WeightOnInput)
                Scale(row, width, problem.Storage.Read(problem.Weights, assignment));
        }

        if ((unit.Count & 1) != 0)
            new Span<float>(scratch.X + ((nint)unit.Count * scratch.StrideX), width).Clear();
    }

    private static void Scale(float* row, int count, float by)
    {
        int i = 0;
        for (TVec s = TSimd.All(by); i <= count - TSimd.Width; i += TSimd.Width)
            TSimd.Store(TSimd.Mul(TSimd.Load(row + i), s), row + i);
        for (; i < count; i++)
            row[i] *= by;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chunk(in ExpertJob job, in ExpertScratch scratch, in ExpertUnit unit, int chunk, float* result, bool add)
    {
        ref readonly ExpertProblem problem = ref *job.Problem;
        ref readonly ExpertWeights expert = ref problem.Experts[unit.Expert];
        int first = chunk * expert.Gate.Group, count = Math.Min(expert.Gate.Group, expert.Hidden - first), rows = unit.Count;
        Up(expert.Gate, scratch, rows, chunk, scratch.Gate);
        expert.GateBias.Read(first, count, scratch.GateBias);
        if (problem.Options.IsGated)
        {
            Up(expert.Value, scratch, rows, chunk, scratch.Value);
            expert.ValueBias.Read(first, count, scratch.ValueBias);
        }

        ExpertActivation<TSimd, TVec>.Run(problem.Options, scratch, unit.Count, count);
        PanelJob down = new()
        {
            A = scratch.Gate,
            StrideA = scratch.StrideHidden,
            C = result,
            StrideC = job.ResultStride,
            Depth = count,
            Add = add,
        };
        for (int panel = 0; panel < expert.Down.PaddedColumns / expert.Down.Panel; panel++)
            PanelProduct<TSimd, TVec>.Multiply(expert.Down, expert.Down.Block(0, chunk, panel), rows, scratch, down.At(panel * expert.Down.Panel));
    }

    /// <summary>A chunk of the hidden columns before their bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Up(in PanelMatrix matrix, in ExpertScratch scratch, int rows, int chunk, float* hidden)
    {
        int panels = matrix.GroupColumns(chunk) / matrix.Panel;
        if (matrix.RowBlocks == 0)
            new Span<float>(hidden, ((rows + 1) & ~1) * scratch.StrideHidden).Clear();
        for (int b = 0; b < matrix.RowBlocks; b++)
        {
            int row = b * matrix.BlockRows;
            PanelJob up = new()
            {
                A = scratch.X + row,
                StrideA = scratch.StrideX,
                C = hidden,
                StrideC = scratch.StrideHidden,
                Depth = Math.Min(matrix.BlockRows, matrix.Rows - row),
                Add = b > 0,
            };
            for (int panel = 0; panel < panels; panel++)
                PanelProduct<TSimd, TVec>.Multiply(matrix, matrix.Block(chunk, b, panel), rows, scratch, up.At(panel * matrix.Panel));
        }
    }

    private static void AddBias(in ExpertJob job, in ExpertScratch scratch, in ExpertUnit unit, float* result)
    {
        ref readonly ExpertProblem problem = ref *job.Problem;
        ref readonly BiasSource bias = ref problem.Experts[unit.Expert].DownBias;
        if (bias.Data is null)
            return;
        int width = problem.OutputWidth, padded = (width + TSimd.Width - 1) / TSimd.Width * TSimd.Width;
        bias.Read(0, width, scratch.OutputRow);
        new Span<float>(scratch.OutputRow + width, padded - width).Clear();
        for (int i = 0; i < unit.Count; i++)
        {
            float* row = result + ((nint)i * job.ResultStride);
            for (int d = 0; d < padded; d += TSimd.Width)
                TSimd.Store(TSimd.Add(TSimd.Load(row + d), TSimd.Load(scratch.OutputRow + d)), row + d);
        }
    }
}
