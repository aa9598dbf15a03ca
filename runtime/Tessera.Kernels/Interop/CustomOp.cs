using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>A custom op: its interface and how a kernel for one node is made. Registered once for every element type.</summary>
internal abstract class CustomOp
{
    public abstract string Name { get; }

    /// <summary>ONNX Runtime's name of the provider whose kernel it is; null for the CPU's.</summary>
    public virtual string? Provider => null;

    public abstract ImmutableArray<OpPort> Inputs { get; }

    public abstract ImmutableArray<OpPort> Outputs { get; }

    /// <summary>The element types that a port without a type of its own may have.</summary>
    public abstract ImmutableArray<TensorElementType> Types { get; }

    /// <summary>Makes the kernel of one node. It must be immutable, since concurrent runs share it.</summary>
    public abstract OpKernel CreateKernel(KernelInfo info);

    /// <summary>
    /// Says what is known of the outputs before any data is. ONNX Runtime asks only the first registered variant, so
    /// element types come from the context, never from the variant.
    /// </summary>
    public virtual void InferShapes(ShapeInference context)
    {
    }
}
