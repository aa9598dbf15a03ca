using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cuda;

/// <summary><c>ExpertArgs</c> of expert_args.cuh, where what each is is written.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ExpertArguments
{
    public void* X;
    public void* Ids;
    public void* Weights;
    public void* Output;
    public void* Experts;
    public void* Counts;
    public void* Start;
    public void* Tiles;
    public void* Assignment;
    public void* Row;
    public void* Hidden;
    public void* Result;
    public long Tokens;
    public long Width;
    public long OutputWidth;
    public long HiddenStride;
    public double Alpha;
    public double Beta;
    public double Limit;
    public int Choices;
    public int ExpertCount;
    public int TileRows;
    public int Activation;
    public int Gating;
    public int WeightOnInput;
    public int OrderBlocks;
    public int Threads;
}
