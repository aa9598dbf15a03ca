namespace Tessera.Nn;

/// <summary>A module from one tensor to one tensor.</summary>
public interface ILayer
{
    Tensor Apply(Tensor x);
}
