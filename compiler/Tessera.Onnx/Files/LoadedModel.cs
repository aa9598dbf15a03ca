using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>A model read from a file, and access to the bytes of its tensors wherever they lie.</summary>
/// <param name="model">The model.</param>
/// <param name="external">Where its external data lies.</param>
/// <param name="file">The file itself where raw data of the model is read from it; disposed with this.</param>
public sealed class LoadedModel(ModelProto model, ExternalDataReader external, MappedFile? file = null) : IDisposable
{
    public ModelProto Model { get; } = model;

    /// <summary>Files beside the model that tensors were read from so far.</summary>
    public IReadOnlyList<string> DataFiles => External.Files;

    internal ExternalDataReader External { get; } = external;

    /// <summary>The bytes of a tensor of <see cref="Model"/>: raw, typed or external. Those of strings are not bytes of a weight.</summary>
    /// <exception cref="TesseraException">TSR0823 to TSR0825: the tensor contradicts itself or its file.</exception>
    public WeightSource Weight(TensorProto tensor) => TensorReader.Read(tensor, External);

    /// <summary>Ends the mapping of the files: weights cut from them can no longer be read.</summary>
    public void Dispose()
    {
        External.Dispose();
        file?.Dispose();
    }
}
