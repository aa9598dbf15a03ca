using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What a model says of a value: its name and, where it says more, its words and metadata.</summary>
/// <param name="Name">The name; empty where it is no more than a place in an inlined function.</param>
/// <param name="Said">Words and metadata, without type; null where there are none.</param>
internal sealed record ValueRemark(string Name, ValueInfoProto? Said) : Remark;
