namespace Tessera.Kernels.Cpu.Experts;

/// <summary>A bias as its node has it, of the columns First, First + Step, …; none where its data is null.</summary>
internal unsafe struct BiasSource
{
    public WeightFormat Format;
    public void* Data;
    public int First;
    public int Step;

    /// <summary>Part of it in f32, or zeros.</summary>
    public readonly void Read(int column, int count, float* target)
    {
        if (Data is null)
            new Span<float>(target, count).Clear();
        else if (Step == 1)
            Format.Storage().Load(Format.Storage().At(Data, First + column), target, count);
        else
        {
            for (int i = 0; i < count; i++)
                target[i] = Format.Storage().Read(Data, First + ((long)(column + i) * Step));
        }
    }

    /// <summary>An element in f64.</summary>
    public readonly double ReadDouble(int column)
    {
        long index = First + ((long)column * Step);
        return Data is null ? 0 : Format == WeightFormat.F64 ? ((double*)Data)[index] : Format.Storage().Read(Data, index);
    }
}
