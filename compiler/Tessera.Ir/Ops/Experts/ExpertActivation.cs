namespace Tessera.Ir.Ops;

/// <summary>What stands between the matrices of an expert.</summary>
public enum ExpertActivation
{
    Relu,

    /// <summary><see cref="Ops.Gelu"/> by erf.</summary>
    Gelu,

    /// <summary><see cref="Ops.Gelu"/> by tanh.</summary>
    GeluTanh,

    /// <summary><c>x · σ(αx)</c>.</summary>
    Silu,

    Identity,
}
