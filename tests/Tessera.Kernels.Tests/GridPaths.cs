using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Tests;

/// <summary>The cases with every set of instructions that this machine has.</summary>
public static partial class Grid
{
    public static TheoryData<string, string> Paths()
    {
        TheoryData<string, string> data = [];
        foreach (string name in Cases.Keys)
        {
            foreach (InstructionSet set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
                data.Add(name, set.ToString());
        }

        return data;
    }
}
