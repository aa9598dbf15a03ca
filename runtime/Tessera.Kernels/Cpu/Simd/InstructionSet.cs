using System.Runtime.Intrinsics.X86;

namespace Tessera.Kernels.Cpu.Simd;

/// <summary>The vector width that a kernel is compiled for.</summary>
internal enum InstructionSet
{
    Portable,
    Avx2,
    Avx512,
}

/// <summary>What this processor has.</summary>
internal static class InstructionSets
{
    /// <summary>The widest one.</summary>
    public static InstructionSet Best { get; } =
        IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
        : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2
        : InstructionSet.Portable;

    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Avx512F.IsSupported && Avx512DQ.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };
}
