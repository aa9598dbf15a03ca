namespace Tessera.Kernels.Cpu.Experts;

/// <summary>One expert: x · Gate and, where it is gated, x · Value; then · Down.</summary>
internal struct ExpertWeights
{
    /// <summary>[D, H]: what the activation is applied to.</summary>
    public PanelMatrix Gate;

    /// <summary>[D, H]: what the activation gates.</summary>
    public PanelMatrix Value;

    /// <summary>[H, D'].</summary>
    public PanelMatrix Down;

    public BiasSource GateBias;
    public BiasSource ValueBias;
    public BiasSource DownBias;

    /// <summary>H.</summary>
    public readonly int Hidden => Gate.Columns;

    /// <summary>Hidden columns are taken in chunks; this many.</summary>
    public readonly int Chunks => Gate.Groups;
}
