using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>A model read from a file, and access to the bytes of its tensors wherever they lie.</summary>
public sealed class LoadedModel(ModelProto model, ExternalDataReader external) : IDisposable
{
    public ModelProto Model { get; } = model;

    internal ExternalDataReader External { get; } = external;

    /// <summary>The bytes of a tensor of <see cref="Model"/>: raw, typed or external. Those of strings are not bytes of a weight.</summary>
    /// <exception cref="TesseraException">TSR0823 to TSR0825: the tensor contradicts itself or its file.</exception>
    public WeightSource Weight(TensorProto tensor) => TensorReader.Read(tensor, External);

    /// <summary>Ends the mapping of external data: weights cut from it can no longer be read.</summary>
    public void Dispose() => External.Dispose();
}
