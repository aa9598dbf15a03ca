using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Constants and the heads of weights as ONNX tensors.</summary>
internal static class TensorWriter
{
    public static TensorProto Content(TensorContent content)
    {
        TensorProto proto = Head(content.DType, content.Dims);
        if (content.Strings is { } strings)
        {
            proto.StringData.AddRange(strings.Select(ByteString.CopyFromUtf8));
        }
        else
        {
            proto.RawData = ByteString.CopyFrom(content.Bytes.Span);
        }

        return proto;
    }

    /// <summary>A tensor without its bytes.</summary>
    public static TensorProto Head(DType dtype, IEnumerable<long> dims)
    {
        TensorProto proto = new() { DataType = (int)dtype };
        proto.Dims.AddRange(dims);
        return proto;
    }
}
