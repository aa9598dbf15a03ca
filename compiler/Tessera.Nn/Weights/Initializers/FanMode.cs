namespace Tessera.Nn.Weights;

/// <summary>Which number of connections the variance of a weight is divided by.</summary>
public enum FanMode
{
    In,
    Out,
    Average,
}
