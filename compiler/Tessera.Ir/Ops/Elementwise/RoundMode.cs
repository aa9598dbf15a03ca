namespace Tessera.Ir.Ops;

/// <summary>Which neighbouring power of two a number becomes.</summary>
public enum RoundMode
{
    /// <summary>The next above.</summary>
    Up,

    /// <summary>The next below.</summary>
    Down,

    /// <summary>The nearer; the upper from the middle on.</summary>
    Nearest,
}
