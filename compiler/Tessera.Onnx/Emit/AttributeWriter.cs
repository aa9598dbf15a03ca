using Google.Protobuf;
using Tessera.Ir;
using Tessera.Onnx.Proto;
using Kind = Tessera.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Tessera.Onnx;

/// <summary>Attribute values in their natural ONNX kind.</summary>
internal static class AttributeWriter
{
    public static AttributeProto Write(string name, object value)
    {
        AttributeProto proto = new() { Name = name };
        switch (value)
        {
            case long or int or bool or DType or Dim:
                (proto.Type, proto.I) = (Kind.Int, Integer(value));
                break;
            case Real real:
                (proto.Type, proto.F) = (Kind.Float, (float)real.Value);
                break;
            case string or Enum:
                (proto.Type, proto.S) = (Kind.String, ByteString.CopyFromUtf8(value as string ?? Snake(value)));
                break;
            case TensorContent content:
                (proto.Type, proto.T) = (Kind.Tensor, TensorWriter.Content(content));
                break;
            default:
                WriteList(proto, value);
                break;
        }

        return proto;
    }

    /// <summary>An enum member as ONNX spells its strings: <c>LogSumExp</c> → <c>log_sum_exp</c>.</summary>
    public static string Snake(object member) => Ir.Text.Spelling.Snake(member.ToString()!);

    private static void WriteList(AttributeProto proto, object value)
    {
        switch (value)
        {
            case EquatableArray<long> list:
                proto.Type = Kind.Ints;
                proto.Ints.AddRange(list);
                break;
            case EquatableArray<Dim> list:
                proto.Type = Kind.Ints;
                proto.Ints.AddRange(list.Select(static d => Integer(d)));
                break;
            case Shape shape when shape.TryGetStatic(out long[] sizes):
                proto.Type = Kind.Ints;
                proto.Ints.AddRange(sizes);
                break;
            case EquatableArray<Real> list:
                proto.Type = Kind.Floats;
                proto.Floats.AddRange(list.Select(static r => (float)r.Value));
                break;
            case EquatableArray<string> list:
                proto.Type = Kind.Strings;
                proto.Strings.AddRange(list.Select(ByteString.CopyFromUtf8));
                break;
            default:
                throw new TesseraException("TSR0804", proto.Name, $"the attribute's value {value} ({value.GetType().Name}) has no ONNX form.");
        }
    }

    private static long Integer(object value) => value switch
    {
        long i => i,
        int i => i,
        bool flag => flag ? 1 : 0,
        DType dtype => (long)dtype,
        Dim dim when dim.IsConst(out long size) => size,
        _ => throw new TesseraException("TSR0804", "", $"the size {value} is no constant, as an ONNX attribute must be."),
    };
}
