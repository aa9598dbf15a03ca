using Microsoft.ML.OnnxRuntime.Tensors;

namespace Tessera.Kernels.Interop;

/// <summary>How often an input or output occurs; the numbers are ONNX Runtime's.</summary>
internal enum PortKind
{
    Required = 0,
    Optional = 1,
    Variadic = 2,
}

/// <summary>An input or output of a custom op.</summary>
/// <param name="Name">The name used in errors.</param>
/// <param name="Type">Its element type, or null for the type that the variant is registered for.</param>
/// <param name="Kind">Whether it must be there.</param>
/// <param name="OnHost">Whether an input lies in the host's memory, whatever device the op runs on: sizes, which decide what is made.</param>
internal sealed record OpPort(string Name, TensorElementType? Type = null, PortKind Kind = PortKind.Required, bool OnHost = false)
{
    /// <summary>ONNX Runtime's mark of a port whose tensors may be of any type, each of its own.</summary>
    public const TensorElementType AnyType = 0;
}
