namespace Tessera.Kernels.Cpu.Experts;

/// <summary>What an expert applies between its matrices.</summary>
internal enum Activation
{
    Relu,
    Gelu,
    GeluTanh,
    Silu,
    Identity,
}

/// <summary>Where the half that an expert's activation gates comes from.</summary>
internal enum Gating
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>A third matrix.</summary>
    Separate,

    /// <summary>Odd columns of the first matrix.</summary>
    Interleaved,

    /// <summary>The second half of the first matrix.</summary>
    Concatenated,
}

/// <summary>The attributes of a mixture of experts that its arithmetic needs.</summary>
internal readonly record struct ExpertOptions(Activation Activation, Gating Gating, bool WeightOnInput, float Alpha, float Beta, float Limit)
{
    public bool IsGated => Gating != Gating.None;
}
