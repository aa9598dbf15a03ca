namespace Tessera.Ir.Ops;

/// <summary>What the weight of an expert is a factor of.</summary>
public enum WeightSide
{
    /// <summary>What the expert gives.</summary>
    Output,

    /// <summary>What it is given (Llama 4).</summary>
    Input,
}
