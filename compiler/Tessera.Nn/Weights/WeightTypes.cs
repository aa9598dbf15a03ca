namespace Tessera.Nn.Weights;

/// <summary>How strictly the element type of a loaded weight must be that of its slot.</summary>
public enum WeightTypes
{
    /// <summary>Equal.</summary>
    Exact,

    /// <summary>Floats are rounded to the slot's float type; all others must be equal.</summary>
    CastFloats,
}
