namespace Tessera.Kernels.Cpu.Experts;

/// <summary>What the threads of one call share.</summary>
internal unsafe struct ExpertJob
{
    public ExpertProblem* Problem;
    public RowOrder Order;
    public ExpertSchedule Schedule;

    /// <summary>What the units give.</summary>
    public float* Results;

    /// <summary>D', to a whole number of panels.</summary>
    public int ResultStride;

    /// <summary>Units taken so far.</summary>
    public int Taken;

    /// <summary>Tokens that an item of the sum takes.</summary>
    public int TokensPerItem;
}
