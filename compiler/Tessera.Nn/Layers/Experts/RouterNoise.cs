namespace Tessera.Nn.Layers;

/// <summary>Normal noise on the logits of a router; V-MoE's deviation is 1 ÷ E.</summary>
/// <param name="Deviation">Standard deviation.</param>
/// <param name="Seed">Where a session's numbers begin.</param>
public sealed record RouterNoise(double Deviation, int Seed);
