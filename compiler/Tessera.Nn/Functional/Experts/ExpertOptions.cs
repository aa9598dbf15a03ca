using Tessera.Ir.Ops;

namespace Tessera.Nn;

/// <summary>
/// What an expert computes: <c>act(min(g, limit)) · (clamp(v, ±limit) + beta)</c> between its matrices, or <c>act(min(g, limit))</c> without a gate.
/// </summary>
public sealed record ExpertOptions
{
    /// <summary>Two matrices with biases and a GELU by erf between them, as V-MoE has them.</summary>
    public static ExpertOptions Gelu { get; } = new() { Activation = ExpertActivation.Gelu, Biases = true };

    /// <summary>Three matrices without biases, <c>w2(silu(w1 x) · w3 x)</c>, as Mixtral and DeepSeek have them.</summary>
    public static ExpertOptions SwiGlu { get; } = new() { Activation = ExpertActivation.Silu, Gate = ExpertGate.Separate };

    public ExpertActivation Activation { get; init; } = ExpertActivation.Gelu;

    /// <summary>Where the gate's factor v comes from.</summary>
    public ExpertGate Gate { get; init; } = ExpertGate.None;

    /// <summary>Whether each matrix has a bias.</summary>
    public bool Biases { get; init; }

    /// <summary>Whether weights multiply what experts give, or what they are given.</summary>
    public WeightSide WeightOn { get; init; } = WeightSide.Output;

    /// <summary>α of <c>x · σ(αx)</c>.</summary>
    public double Alpha { get; init; } = 1;

    /// <inheritdoc cref="GroupedMlp.Beta"/>
    public double Beta { get; init; }

    /// <inheritdoc cref="GroupedMlp.Limit"/>
    public double Limit { get; init; }

    /// <summary>Rows of a quantised matrix that share a scale; 0 where all do.</summary>
    public int BlockSize { get; init; }

    /// <summary>Matrices of an expert.</summary>
    public int Matrices => Gate == ExpertGate.Separate ? 3 : 2;

    /// <summary>Whether the first matrix holds the gate, and so has twice the columns.</summary>
    public bool HoldsGate => Gate is ExpertGate.Interleaved or ExpertGate.Concatenated;
}
