using Tessera.Ir.Evaluate;
using Tessera.Onnx;
using Tessera.Onnx.Proto;

namespace Tessera.Compiler.Verify;

/// <summary>Values in files as ONNX keeps them beside node tests: a <c>TensorProto</c>, <c>SequenceProto</c> or <c>OptionalProto</c>.</summary>
internal static class ValueFile
{
    /// <summary>The value in a file, which is of the kind that a type says.</summary>
    public static RefValue Read(string path, TypeProto? type)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return type?.ValueCase switch
        {
            TypeProto.ValueOneofCase.SequenceType => Sequence(SequenceProto.Parser.ParseFrom(bytes)),
            TypeProto.ValueOneofCase.OptionalType => Optional(OptionalProto.Parser.ParseFrom(bytes)),
            _ => Tensor(TensorProto.Parser.ParseFrom(bytes)),
        };
    }

    private static RefSequence Sequence(SequenceProto proto) => new(
    [
        .. proto.TensorValues.Select(Tensor),
        .. proto.SequenceValues.Select(Sequence),
        .. proto.OptionalValues.Select(Optional),
    ]);

    private static RefOptional Optional(OptionalProto proto) => new(
        proto.TensorValue is { } tensor ? Tensor(tensor)
        : proto.SequenceValue is { } sequence ? Sequence(sequence)
        : proto.OptionalValue is { } optional ? Optional(optional)
        : null);

    private static RefTensor Tensor(TensorProto proto) => RefTensors.FromContent(TensorValues.Content(proto));
}
