using System.Runtime.InteropServices;
using Tessera.Kernels.Cpu.Experts;

namespace Tessera.Kernels.Cuda;

/// <summary><c>ExpertMatrix</c> of expert_args.cuh: a matrix with its bias, where the device has them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DeviceMatrix
{
    public void* Data;
    public void* Scale;
    public void* Zero;
    public void* Bias;
    public int Stride;
    public int First;
    public int Step;
    public int BlockRows;
    public int Format;
    public int ScaleFormat;
    public int BiasFormat;
    public int Unused;

    public static DeviceMatrix Of(in MatrixSource matrix, in BiasSource bias) => new()
    {
        Data = matrix.Data,
        Scale = matrix.Scale,
        Zero = matrix.Zero,
        Bias = bias.Data,
        Stride = matrix.Stride,
        First = matrix.First,
        Step = matrix.Step,
        BlockRows = matrix.BlockRows,
        Format = (int)matrix.Format,
        ScaleFormat = (int)matrix.ScaleFormat,
        BiasFormat = (int)bias.Format,
    };
}

/// <summary><c>Expert</c> of expert_args.cuh.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DeviceExpert
{
    public DeviceMatrix Gate;
    public DeviceMatrix Value;
    public DeviceMatrix Down;
    public long Hidden;

    public static DeviceExpert Of(in ExpertWeights expert) => new()
    {
        Gate = DeviceMatrix.Of(expert.Gate.Source, expert.GateBias),
        Value = DeviceMatrix.Of(expert.Value.Source, expert.ValueBias),
        Down = DeviceMatrix.Of(expert.Down.Source, expert.DownBias),
        Hidden = expert.Hidden,
    };
}
