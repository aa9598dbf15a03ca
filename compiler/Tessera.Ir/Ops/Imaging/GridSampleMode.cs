namespace Tessera.Ir.Ops;

/// <summary>How a value between elements follows from its neighbours.</summary>
public enum GridSampleMode
{
    Linear,

    /// <summary>The nearest element, of two equally near ones the even.</summary>
    Nearest,

    /// <summary>Cubic convolution, a = −0.75.</summary>
    Cubic,
}
