using Tessera.Ir;
using Tessera.Onnx.Proto;

namespace Tessera.Onnx;

/// <summary>What a model says of itself, its graph, its interface and its weights.</summary>
/// <param name="Said">A model with nothing else: no nodes, and of weights and values at the interface names and words alone.</param>
/// <param name="Weights">Tensors that say how others are quantised, and may serve nothing else.</param>
internal sealed record ModelRemark(ModelProto Said, IReadOnlyDictionary<string, WeightSource> Weights) : Remark;
