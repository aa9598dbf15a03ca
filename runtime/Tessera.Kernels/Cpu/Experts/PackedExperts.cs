using System.Runtime.InteropServices;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>The experts of a node whose weights are constants of the model, packed when its kernel is made.</summary>
internal sealed unsafe class PackedExperts
{
    private readonly List<PackedMatrix> _matrices = [];

    public PackedExperts(int count) =>
        Experts = (ExpertWeights*)NativeMemory.AllocZeroed((nuint)Math.Max(1, count), (nuint)sizeof(ExpertWeights));

    /// <summary>One for each expert.</summary>
    public ExpertWeights* Experts { get; }

    /// <summary>D and D'.</summary>
    public int Width { get; set; }

    public int OutputWidth { get; set; }

    /// <summary>Replaces the tensors that the experts refer to by packed copies, which other kernels may share.</summary>
    public void Pack(int count)
    {
        for (int e = 0; e < count; e++)
        {
            Pack(ref Experts[e].Gate);
            Pack(ref Experts[e].Down);
            if (Experts[e].Value.Panel > 0)
                Pack(ref Experts[e].Value);
        }
    }

    public void Free()
    {
        _matrices.ForEach(PackedMatrices.Release);
        _matrices.Clear();
        NativeMemory.Free(Experts);
    }

    private void Pack(ref PanelMatrix matrix)
    {
        PackedMatrix packed = PackedMatrices.Acquire(matrix);
        _matrices.Add(packed);
        matrix = packed.View;
    }
}
