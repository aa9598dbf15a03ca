using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>A custom op at one element type: what one native op struct stands for.</summary>
internal sealed record OpVariant(CustomOp Op, TensorElementType Type)
{
    public TensorElementType TypeOf(OpPort port) => port.Type ?? Type;
}
