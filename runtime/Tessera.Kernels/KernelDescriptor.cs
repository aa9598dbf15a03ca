using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels;

/// <summary>A custom op that has a kernel here, with the element types it takes (those of its main operand).</summary>
public sealed record KernelDescriptor(string Name, ImmutableArray<TensorElementType> Types);
