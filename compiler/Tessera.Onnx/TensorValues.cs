using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Tensors of ONNX files as constants and back.</summary>
public static class TensorValues
{
    /// <summary>Type, sizes and bytes of a tensor that carries its own data.</summary>
    /// <exception cref="TesseraException">TSR0823: they contradict each other.</exception>
    public static TensorContent Content(TensorProto tensor) => AttributeReader.Content(tensor);

    /// <summary>The tensor with its bytes as raw data.</summary>
    public static TensorProto Proto(TensorContent content) => TensorWriter.Content(content);
}
