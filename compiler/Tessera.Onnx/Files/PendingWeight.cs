using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>
/// A tensor of a model (an initializer, or one inside an attribute) whose bytes are still to come. <paramref name="Proto"/>
/// is the very object in the model, with name, type and sizes but no data.
/// </summary>
public sealed record PendingWeight(TensorProto Proto, WeightSource Source)
{
    /// <exception cref="TesseraException">TSR0821: tensor and source do not agree, or the tensor already has data.</exception>
    internal void Check()
    {
        if (Proto.DataType != (int)Source.DType || !Proto.Dims.SequenceEqual(Source.Dims))
        {
            throw new TesseraException("TSR0821", Proto.Name,
                $"the tensor is {Text((DType)Proto.DataType, Proto.Dims)}, its bytes are {Text(Source.DType, Source.Dims)}.");
        }

        if (Proto.HasRawData || Proto.ExternalData.Count > 0)
            throw new TesseraException("TSR0821", Proto.Name, "the tensor already has data, and other data is to be written for it.");
    }

    private static string Text(DType dtype, IEnumerable<long> dims) => $"{dtype.Text()}[{string.Join(", ", dims)}]";
}
