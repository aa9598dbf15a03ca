namespace Tessera.Ir.Ops;

/// <summary>How the capacity of an expert becomes a whole number.</summary>
public enum CapacityRounding
{
    Ceil,

    /// <summary>To the nearest, of two the even.</summary>
    Round,

    Floor,
}
