using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>Attribute values in the types of the IR.</summary>
internal static class AttributeReader
{
    /// <summary>The value in the type of the op's attribute; null where the kinds do not fit.</summary>
    public static object? Read(AttributeProto proto, Type type, ExternalDataReader? external = null)
    {
        if (type == typeof(EquatableArray<long>))
        {
            return proto.Ints.ToEquatableArray();
        }

        if (type == typeof(EquatableArray<Dim>))
        {
            return proto.Ints.Select(Dim.Const).ToEquatableArray();
        }

        if (type == typeof(EquatableArray<Real>))
        {
            return proto.Floats.Select(static f => new Real(f)).ToEquatableArray();
        }

        if (type == typeof(EquatableArray<string>))
        {
            return proto.Strings.Select(static s => s.ToStringUtf8()).ToEquatableArray();
        }

        return type == typeof(Shape) ? Shape.Of([.. proto.Ints]) : Scalar(proto, type, external);
    }

    public static TensorContent Content(TensorProto tensor, ExternalDataReader? external = null) => (DType)tensor.DataType == DType.String
        ? TensorReader.Strings(tensor)
        : TensorContent.FromBytes((DType)tensor.DataType, tensor.Dims, TensorReader.Read(tensor, external).ToArray());

    /// <summary>Whether the attribute has the fixed value of a mapping row.</summary>
    public static bool Is(AttributeProto proto, object value) => value switch
    {
        long i => proto.Type == AttributeProto.Types.AttributeType.Int && proto.I == i,
        int i => proto.Type == AttributeProto.Types.AttributeType.Int && proto.I == i,
        string s => proto.S.ToStringUtf8() == s,
        Real r => new Real(proto.F) == r,
        double d => new Real(proto.F) == new Real(d),
        EquatableArray<long> list => proto.Ints.ToEquatableArray() == list,
        _ => throw new InvalidOperationException($"A mapping row fixes {proto.Name} to {value.GetType().Name}."),
    };

    private static object? Scalar(AttributeProto proto, Type type, ExternalDataReader? external) => type switch
    {
        _ when type == typeof(long) => proto.I,
        _ when type == typeof(int) => checked((int)proto.I),
        _ when type == typeof(bool) => proto.I != 0,
        _ when type == typeof(DType) => (DType)proto.I,
        _ when type == typeof(Dim) => Dim.Const(proto.I),
        _ when type == typeof(Real) => new Real(proto.F),
        _ when type == typeof(string) => proto.S.ToStringUtf8(),
        _ when type == typeof(TensorContent) => proto.T is null ? null : Content(proto.T, external),
        { IsEnum: true } => Member(type, proto.S.ToStringUtf8()),
        _ => null,
    };

    private static object? Member(Type type, string text) =>
        Enum.GetValues(type).Cast<object>().FirstOrDefault(m => AttributeWriter.Snake(m) == text);
}
